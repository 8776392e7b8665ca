// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Commands;

/// <summary>Tells somebody at a terminal what a command waits for, if it has to wait.</summary>
internal sealed class SlowNotice : IDisposable
{
    /// <summary>People take a shorter pause for the time that a command needs.</summary>
    public static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(1);

    private readonly Timer? timer;

    /// <param name="node">Its stderr gets the line, if it is a terminal.</param>
    /// <param name="line">Such as "asking the API server ...".</param>
    /// <param name="delay">How long the command may be silent.</param>
    public SlowNotice(Node node, string line, TimeSpan delay) =>
        timer = node.StderrIsTerminal ? new Timer(_ => node.Tell(line), null, delay, Timeout.InfiniteTimeSpan) : null;

    /// <summary>The answer is there. A line that is being written is written to its end first.</summary>
    public void Dispose()
    {
        using var finished = new ManualResetEvent(false);
        if (timer?.Dispose(finished) == true)
        {
            finished.WaitOne();
        }
    }
}
