// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>Reads what explain prints for every scenario, and looks for lines that contradict each other.</summary>
public sealed class ContradictionTests
{
    /// <summary>A line, and what must not follow it directly.</summary>
    private static readonly (string Line, string Next)[] Neighbours =
    [
        ("blocked by .*: CRI-O does not go there", "key |finds|pulls|asks the credential helper"),
        ("CRI-O skips it for this image", "key |finds|pulls|asks the credential helper"),
        ("contains no credential", "uses the credential"),
    ];

    /// <summary>Two lines that must not stand in one text.</summary>
    private static readonly (string One, string Other)[] Pairs =
    [
        ("No file would be written", " is written: "),
        ("No file would be written", "is kept"),
        ("No file would be written", "is left out"),
        ("No file would be written", "Would write "),
        ("No file would be written", "finds nothing in the file"),
        ("CRI-O refuses", "CRI-O tries, in this order"),
        ("No secrets were read", "Not used for this image"),
        ("Would write ", "finds no file"),
    ];

    public static TheoryData<string> Scenarios =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "tests/scenarios"), "*.txt")
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task No_two_lines_contradict_each_other(string scenario) =>
        Assert.All(await RenderingsAsync(scenario), AssertNoContradiction);

    /// <summary>Otherwise the search for a contradiction would prove nothing.</summary>
    [Theory]
    [InlineData("several-mirrors", "blocked by .*: CRI-O does not go there")]
    [InlineData("several-mirrors", "CRI-O skips it for this image")]
    [InlineData("no-mirror", "No file would be written")]
    [InlineData("bad-entries", "CRI-O refuses")]
    [InlineData("article-walk-through", "No secrets were read")]
    [InlineData("article-walk-through", "Would write ")]
    [InlineData("pull-through-cache", " is kept")]
    [InlineData("global-file-shadows", " is left out")]
    [InlineData("secret-below-mirror", " is written: ")]
    [InlineData("no-secret-matches", "finds no file")]
    [InlineData("host-glob", "finds nothing in the file")]
    public async Task The_scenarios_have_the_lines_that_could_contradict_others(string scenario, string line) =>
        Assert.Contains(await RenderingsAsync(scenario), text => Regex.IsMatch(text, line));

    private static async Task<List<string>> RenderingsAsync(string scenario)
    {
        using var world = new ScenarioWorld(
            ScenarioFile.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/scenarios", scenario + ".txt")))
        );
        List<string> texts = [];
        foreach (var line in world.ExplainLines)
        {
            texts.Add((await InProcess.RunAsync(line.Stdin, ["explain", .. line.Words])).Stdout);
        }

        return texts;
    }

    [Theory]
    [InlineData(
        "     blocked by a:1: CRI-O does not go there\n     key \"a\" of secret \"b\": it covers the whole registry\n"
    )]
    [InlineData(
        "  secret \"a\": key \"b\" is written: x\n\nNo file would be written: no secret fits the image [CP510]\n"
    )]
    public void A_contradiction_is_found(string text) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertNoContradiction(text));

    private static void AssertNoContradiction(string text)
    {
        var lines = text.Split('\n');
        foreach (var (first, next) in Neighbours)
        {
            for (var i = 0; i + 1 < lines.Length; i++)
            {
                Assert.False(
                    Regex.IsMatch(lines[i], first) && Regex.IsMatch(lines[i + 1], "^ {5}(" + next + ")"),
                    $"{lines[i]}\n{lines[i + 1]}"
                );
            }
        }

        foreach (var (one, other) in Pairs)
        {
            Assert.False(
                text.Contains(one, StringComparison.Ordinal) && text.Contains(other, StringComparison.Ordinal),
                $"\"{one}\" and \"{other}\" in:\n{text}"
            );
        }
    }
}
