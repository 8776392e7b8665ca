// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class LeftoverRulesTests
{
    [Theory]
    [InlineData((int)PullIntent.Absent, 60)]
    [InlineData((int)PullIntent.Present, 3600)]
    [InlineData((int)PullIntent.Unknown, 3600)]
    public void A_file_is_an_orphan_from_this_age_on(int intent, int seconds)
    {
        var age = TimeSpan.FromSeconds(seconds);
        Assert.True(LeftoverRules.IsOrphan(age, (PullIntent)intent));
        Assert.False(LeftoverRules.IsOrphan(age - TimeSpan.FromTicks(1), (PullIntent)intent));
    }

    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, 86400)]
    public void A_file_that_CRIO_took_is_abandoned_from_this_age_on(bool takenBeforeCrio, int seconds)
    {
        var age = TimeSpan.FromSeconds(seconds);
        Assert.True(LeftoverRules.IsAbandoned(age, takenBeforeCrio));
        Assert.False(LeftoverRules.IsAbandoned(age - TimeSpan.FromTicks(1), takenBeforeCrio));
    }
}
