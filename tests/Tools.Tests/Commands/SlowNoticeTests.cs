// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tests.Commands;

public sealed class SlowNoticeTests
{
    [Theory]
    [InlineData(true, 0, "asking\n")]
    [InlineData(true, 60_000, "")]
    [InlineData(false, 0, "")]
    public void A_terminal_shows_what_a_slow_command_waits_for(bool isTerminal, int delay, string expected)
    {
        using var stderr = new StringWriter { NewLine = "\n" };
        var node = new Node
        {
            Stdin = Stream.Null,
            Stdout = Stream.Null,
            Stderr = TextWriter.Synchronized(stderr),
            StdinIsTerminal = false,
            StdoutIsTerminal = false,
            StderrIsTerminal = isTerminal,
            Environment = _ => null,
            Clock = () => DateTimeOffset.UnixEpoch,
            OpenJournal = _ => throw new InvalidOperationException(),
        };
        using (new SlowNotice(node, "asking", TimeSpan.FromMilliseconds(delay)))
        {
            _ = SpinWait.SpinUntil(() => stderr.ToString().Length > 0, expected.Length > 0 ? 30_000 : 50);
        }

        Assert.Equal(expected, stderr.ToString());
    }
}
