// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Mirrors;

/// <summary>
/// Texts within the size limit that would take all memory, or minutes: each is read or refused with a line, never with
/// a defect of the program.
/// </summary>
public sealed class HostileRegistriesConfTests
{
    private const int Size = 4 * 1024 * 1024;

    [Theory]
    [InlineData("", "[[a]]\n[a.b]\n", "", "more than 200000 values")]
    [InlineData("", "[[registry]]\nlocation='a'\n", "", "more than 200000 values")]
    [InlineData("[[registry]]\nlocation='a'\n", "[[registry.mirror]]\nlocation='m'\n", "", "more than 200000 values")]
    [InlineData("x=[", "{a=1},", "]", "more than 200000 values")]
    [InlineData("x=[", "1,", "]", "more than 200000 values")]
    [InlineData("unqualified-search-registries=[", "'a',", "]", "more than 200000 values")]
    [InlineData("x=", "[", "", "more than 32 levels")]
    [InlineData("a", ".a", "=1", "more than 32 levels")]
    [InlineData("", "[a.b.c.d]\n[e.f]\n", "", "is defined twice")]
    [InlineData("", "#\n", "", null)]
    [InlineData("x='''", "\n", "'''", null)]
    public void A_text_of_four_megabytes_is_read_or_refused_at_once(
        string start,
        string part,
        string end,
        string? problem
    )
    {
        var text = start + string.Concat(Enumerable.Repeat(part, (Size - 100) / part.Length)) + end;
        var watch = Stopwatch.StartNew();
        var thrown = Record.Exception(() => RegistriesConfParser.Parse("r.conf", text, isDropIn: false));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        if (problem is null)
        {
            Assert.Null(thrown);
        }
        else
        {
            Assert.Contains(problem, Assert.IsType<ProviderException>(thrown).Problem, StringComparison.Ordinal);
        }
    }
}
