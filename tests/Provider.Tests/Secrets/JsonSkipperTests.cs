using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Secrets;

public sealed class JsonSkipperTests
{
    /// <summary>What stands behind the opening bracket, with a mark where the skipping has to end, and ' for ".</summary>
    public static TheoryData<string> Values => new()
    {
        "^}",
        "^]}]",
        " \n^]",
        "'a':1^},'b':{}",
        "'a':{'b':[{},[]]}^} ]",
        "']','}'^]]",
        @"'\']'^]",
        @"'\\'^]']",
        @"'a\\\']\\'^]",
        @"'\u005d'^]",
        "'ü]'^]'",
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void The_closing_bracket_is_left_however_the_value_comes_in_pieces(string value)
    {
        var text = value.Replace('\'', '"');
        var data = Encoding.UTF8.GetBytes(text.Replace("^", "", StringComparison.Ordinal));
        var expected = Encoding.UTF8.GetByteCount(text.AsSpan(0, text.IndexOf('^', StringComparison.Ordinal)));
        for (var first = 0; first <= data.Length; first++)
        {
            for (var second = first; second <= data.Length; second++)
            {
                var skipper = default(JsonSkipper);
                skipper.Enter();
                var skipped = skipper.Skip(data.AsSpan(0, first));
                skipped += skipper.Skip(data.AsSpan(skipped, Math.Max(second, skipped) - skipped));
                Assert.Equal(second <= expected, skipper.IsInside);
                skipped += skipper.Skip(data.AsSpan(skipped));
                Assert.Equal((expected, false), (skipped, skipper.IsInside));
            }
        }
    }

    [Fact]
    public void What_does_not_end_is_passed_over_to_the_last_byte()
    {
        var skipper = default(JsonSkipper);
        skipper.Enter();
        Assert.Equal(1 << 20, skipper.Skip(Encoding.ASCII.GetBytes(new string('[', 1 << 20))));
        Assert.True(skipper.IsInside);
    }

    [Fact]
    public void Outside_nothing_is_passed_over() => Assert.Equal(0, default(JsonSkipper).Skip("{}"u8));
}
