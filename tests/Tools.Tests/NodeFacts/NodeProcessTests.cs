// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.NodeFacts;

public sealed class NodeProcessTests
{
    [Theory]
    [InlineData("7 (a) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4200 0", "cpu 1\nbtime 1000\n", 1042)]
    [InlineData("7 (a b) c) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4200 0", "btime 1000\n", 1042)]
    [InlineData("7 (a) S 1", "btime 1000\n", null)]
    [InlineData("7 (a) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4200 0", "xbtime 1000\n", null)]
    [InlineData(null, "btime 1000\n", null)]
    public void The_start_is_counted_from_the_boot(string? stat, string system, int? seconds) =>
        Assert.Equal(
            seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s) : null,
            NodeProcess.StartTime(stat, system)
        );
}
