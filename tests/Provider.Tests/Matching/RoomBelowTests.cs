// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.Matching;

public sealed class RoomBelowTests
{
    [Fact]
    public void The_first_that_reaches_the_limit_is_told_once()
    {
        var room = new RoomBelow();
        Assert.Equal((true, false), (room.Take(RoomBelow.Maximum - 1, out var isFirst), isFirst));
        Assert.Equal((false, true), (room.Take(1, out isFirst), isFirst));
        Assert.Equal((false, false), (room.Take(1, out isFirst), isFirst));
        Assert.False(room.IsLeft);
    }
}
