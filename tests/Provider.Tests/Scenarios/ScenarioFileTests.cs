// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Scenarios;

/// <summary>The runner itself: a scenario that says less than it seems to, or that fails, must be told.</summary>
public sealed class ScenarioFileTests
{
    private const string Whole = """
        A title.

        -- request --
        {"kind":"Pod","apiVersion":"v1"}
        -- options --
        -- api --
        -- api requests --
        -- exit code --
        1
        -- stdout --
        -- stderr --
        the request's kind is "Pod", not "CredentialProviderRequest"; pass one CredentialProviderRequest, as the kubelet does [CP103]
        -- journal --
        6 Running credential provider
        3 the request's kind is "Pod", not "CredentialProviderRequest"; pass one CredentialProviderRequest, as the kubelet does [CP103] (failed CP103)
        -- never --

        """;

    [Fact]
    public void A_whole_scenario_is_read_and_comes_out()
    {
        Assert.Equal("A title.", ScenarioFile.Parse(Whole).Title);
        Assert.Null(Difference(Whole));
    }

    [Theory]
    [InlineData("request")]
    [InlineData("options")]
    [InlineData("api")]
    [InlineData("api requests")]
    [InlineData("exit code")]
    [InlineData("stdout")]
    [InlineData("stderr")]
    [InlineData("journal")]
    [InlineData("never")]
    public void A_missing_section_is_an_error(string name)
    {
        // Renamed to one that may be absent, so that nothing else is wrong.
        var text = Whole.Replace($"-- {name} --", "-- registries.conf --", StringComparison.Ordinal);
        Assert.Equal(
            $"section \"{name}\" is missing",
            Assert.Throws<FormatException>(() => ScenarioFile.Parse(text)).Message
        );
    }

    [Theory]
    [InlineData("exitcode")]
    [InlineData("Stdout")]
    [InlineData("auth file")]
    [InlineData("auth file a b")]
    [InlineData("secret")]
    [InlineData("secret a/b c d")]
    [InlineData("secrets a/b")]
    [InlineData("earlier auth file x")]
    [InlineData("drop-ins x")]
    [InlineData(" never")]
    public void An_unknown_section_is_an_error(string name) =>
        Assert.Equal(
            $"line 17: there is no section \"{name}\"",
            Assert.Throws<FormatException>(() => ScenarioFile.Parse(Whole + $"-- {name} --\n")).Message
        );

    [Theory]
    [InlineData("journal")]
    [InlineData("registries.conf")]
    [InlineData("secret a/b")]
    public void A_section_that_appears_twice_is_an_error(string name)
    {
        var text = Whole.Contains($"-- {name} --", StringComparison.Ordinal) ? Whole : Whole + $"-- {name} --\n";
        Assert.EndsWith(
            $": section \"{name}\" occurs twice",
            Assert.Throws<FormatException>(() => ScenarioFile.Parse(text + $"-- {name} --\n")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("A title.\n", "\n", "line 1: there is no title in front of the first section")]
    [InlineData("-- never --\n", "-- never --", "lines must end with a line feed, the last one too")]
    [InlineData("-- never --\n", "-- never --\r\n", "lines must end with a line feed, the last one too")]
    public void Another_form_is_an_error(string old, string replacement, string expected) =>
        Assert.Equal(
            expected,
            Assert
                .Throws<FormatException>(() =>
                    ScenarioFile.Parse(Whole.Replace(old, replacement, StringComparison.Ordinal))
                )
                .Message
        );

    [Theory]
    [InlineData("-- api --\n", "-- api --\npermit x\n", "section \"api\" cannot say \"permit x\"")]
    [InlineData("-- options --\n", "-- options --\n--timeout={{time}}\n", "there is no placeholder \"time\"")]
    [InlineData("-- options --\n", "-- options --\n--timeout={{folder}\n", "there is no placeholder \"{{folder}\n\"")]
    [InlineData("\"Pod\",", "\"{{token default}}\",", "\"default\" is not NAMESPACE/SERVICE-ACCOUNT")]
    [InlineData("-- api --\n", "-- api --\n-- answer 1 --\nforbidden\n", "an answer cannot begin with \"forbidden\"")]
    public void What_a_section_cannot_say_is_an_error(string old, string replacement, string expected) =>
        Assert.Equal(
            expected,
            Assert
                .Throws<FormatException>(() => Difference(Whole.Replace(old, replacement, StringComparison.Ordinal)))
                .Message
        );

    [Theory]
    [InlineData("exit code", "\n1\n", "\n0\n")]
    [InlineData("stdout", "-- stderr --", "more\n-- stderr --")]
    [InlineData("stderr", "-- stderr --\nthe", "-- stderr --\nThe")]
    [InlineData("journal", "6 Running", "7 Running")]
    [InlineData(
        "journal",
        "6 Running credential provider\n",
        "6 Running credential provider\n6 Running credential provider\n"
    )]
    [InlineData("journal", "(failed CP103)", "(failed CP102)")]
    [InlineData("api requests", "-- exit code --", "GET /\n-- exit code --")]
    [InlineData("auth file x.json", "-- never --", "-- auth file x.json --\n{}\n-- never --")]
    public void What_differs_is_reported_with_the_scenarios_name(string section, string old, string replacement)
    {
        var changed = Whole.Replace(old, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Whole, changed);
        var difference = Difference(changed);
        Assert.StartsWith($"scenario of-test: \"{section}\" differs", difference, StringComparison.Ordinal);
        Assert.Equal(1, difference!.Split("differs").Length - 1);
    }

    [Fact]
    public void A_file_that_is_left_but_not_expected_is_reported() =>
        Assert.Equal(
            "scenario s: \"auth file x.json\" differs\n--- expected: no such file\n--- actual\n{}\n\n",
            ScenarioResult.Difference(
                "s",
                new ScenarioResult(new Dictionary<string, string>()),
                new ScenarioResult(new Dictionary<string, string> { ["auth file x.json"] = "{}\n" })
            )
        );

    private static string? Difference(string text)
    {
        using var world = new ScenarioWorld(ScenarioFile.Parse(text));
        var actual = world.RunInProcess();
        return ScenarioResult.Difference("of-test", world.Expected, actual);
    }
}
