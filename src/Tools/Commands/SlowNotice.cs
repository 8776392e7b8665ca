// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Commands;

/// <summary>Prints on the terminal what a command is waiting for, if it waits for long.</summary>
internal sealed class SlowNotice : IDisposable
{
    /// <summary>A shorter pause does not look like waiting.</summary>
    public static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(1);

    private readonly Timer? timer;

    /// <param name="node">The line goes to its stderr, if that is a terminal.</param>
    /// <param name="line">For example, "asking the API server ...".</param>
    /// <param name="delay">How long the command may print nothing.</param>
    public SlowNotice(Node node, string line, TimeSpan delay) =>
        timer = node.StderrIsTerminal ? new Timer(_ => node.Report(line), null, delay, Timeout.InfiniteTimeSpan) : null;

    /// <summary>The wait is over. A line that is being written is finished first.</summary>
    public void Dispose()
    {
        using var finished = new ManualResetEvent(false);
        if (timer?.Dispose(finished) == true)
        {
            finished.WaitOne();
        }
    }
}
