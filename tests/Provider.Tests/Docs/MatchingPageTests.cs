// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>The page's configuration and both of its tables, held against the resolver, the matcher and the
/// merger.</summary>
public sealed class MatchingPageTests
{
    private static readonly string[] Lines = File.ReadAllLines(
        Path.Combine(Repository.Root, "docs/explanation/matching.md")
    );

    public static TheoryData<string, string> Sources =>
        new(Rows(2).Select(cells => (cells[0], string.Join(' ', cells[1].Split(", ").Select(Code)))));

    public static TheoryData<string, string, string> Keys =>
        new(Rows(3).Select(cells => (cells[0], Code(cells[1]), cells[2])));

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_pull_sources_are_those_of_the_table(string image, string expected) =>
        Assert.Equal(expected, string.Join(' ', Resolve(image).Sources.Select(source => source.Reference)));

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_applies_as_the_table_says(string image, string key, string expected)
    {
        var sources = Resolve(image);
        var match = MatchingSupport.Match(sources, ("s", MatchingSupport.Config((key, "user", "password"))));
        var auths = JsonNode.Parse(AuthFileMerger.Merge(match, GlobalAuthFile.Empty, sources).ToJson())![
            "auths"
        ]!.AsObject();
        Assert.Equal(
            expected.StartsWith("none: ", StringComparison.Ordinal) ? "" : Code(expected),
            string.Join(' ', auths.Select(entry => entry.Key))
        );
    }

    [Fact]
    public void Most_rows_are_near_misses() =>
        Assert.InRange(
            Keys.Count(row => row.Data.Item3.StartsWith("none: ", StringComparison.Ordinal)),
            Keys.Count / 2,
            Keys.Count - 8
        );

    private static PullSources Resolve(string image)
    {
        var toml = new StringBuilder();
        foreach (var line in Lines.SkipWhile(line => line != "```toml").Skip(1).TakeWhile(line => line != "```"))
        {
            toml.Append(line).Append('\n');
        }

        var file = RegistriesConfParser.Parse("page", toml.ToString(), isDropIn: false);
        return PullSourceResolver.Resolve(
            new RegistriesConf("page", true, file.Registries, [], file.Aliases),
            RepositoryName.OfLocation(image)
        );
    }

    /// <summary>The rows of the table with so many columns, without its head.</summary>
    private static IEnumerable<string[]> Rows(int columns) =>
        Lines
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line[2..^2].Split(" | "))
            .Where(cells => cells.Length == columns)
            .Select(cells => cells.Select((cell, i) => i == 0 ? Code(cell) : cell).ToArray());

    /// <exception cref="FormatException">The cell is not one piece of code.</exception>
    private static string Code(string cell) =>
        cell.Length > 2 && cell[0] == '`' && cell[^1] == '`' && cell.Count(c => c == '`') == 2
            ? cell[1..^1]
            : throw new FormatException($"\"{cell}\" is not one piece of code");
}
