// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// The clocks of a real change. The simulation sets the clock in the middle of a change (NodeAgentTests), and
/// HostUndoTests shows that systemd's timer is monotonic.
/// </summary>
public sealed class RolloutClockTests
{
    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public async Task A_wall_clock_that_is_set_moves_what_people_read_and_no_watch(int days)
    {
        var wall = DateTimeOffset.UnixEpoch.AddYears(50);
        using var session = await RolloutSession.OpenAsync(
            new Node
            {
                Stdin = Stream.Null,
                Stdout = Stream.Null,
                Stderr = TextWriter.Null,
                StdinIsTerminal = false,
                StdoutIsTerminal = false,
                StderrIsTerminal = false,
                Environment = _ => null,
                Clock = () => wall,
                OpenJournal = _ => throw new InvalidOperationException("a change writes no journal"),
            }
        );
        var begun = session.Clock.Elapsed();
        wall = wall.AddDays(days);
        await session.Clock.Pause(TimeSpan.FromMilliseconds(100));
        Assert.Equal(wall, session.Clock.Now());
        Assert.InRange(session.Clock.Elapsed() - begun, TimeSpan.FromMilliseconds(90), TimeSpan.FromSeconds(30));
    }
}
