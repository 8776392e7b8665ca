// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Explain;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>
/// docs/reference/explain.md: its commands are run on a node with its files, and its output must be theirs. With
/// <c>TEST_WRITE_DOCS=1</c> the page is written anew; look at the difference before it is committed.
/// </summary>
public sealed partial class ExplainPageTests : IDisposable
{
    private static readonly string PagePath = Path.Combine(Repository.Root, "docs/reference/explain.md");

    private readonly ExplainWorld world = new();
    private readonly Cluster cluster = new();
    private readonly string page = File.ReadAllText(PagePath);

    public ExplainPageTests()
    {
        foreach (Match file in FileBlock().Matches(page))
        {
            world.Write(file.Groups["path"].Value, file.Groups["text"].Value);
        }

        // The page's Secrets, as the API has them.
        foreach (var secret in YamlTree.Parse(File.ReadAllText(world.At("secrets.yaml"))).Cast<YamlMapping>())
        {
            var data = Convert.ToBase64String(
                Encoding.UTF8.GetBytes(((YamlMapping)secret.Find("stringData")!).FindText(".dockerconfigjson")!)
            );
            cluster.Api.Add(
                ExplainInputTests.Secret(
                    ((YamlMapping)secret.Find("metadata")!).FindText("name")!,
                    "team-a",
                    data: data
                )
            );
        }

        cluster.Api.Allow("team-a", "default", "team-a");
    }

    public void Dispose()
    {
        world.Dispose();
        cluster.Dispose();
    }

    [Fact]
    public void Every_command_of_the_page_prints_what_the_page_shows()
    {
        var real = ConsoleBlock()
            .Replace(page, block => $"```console\n{Run(block.Groups["command"].Value, block.Groups["rest"].Value)}```");
        if (Environment.GetEnvironmentVariable("TEST_WRITE_DOCS") == "1")
        {
            File.WriteAllText(PagePath, real);
        }

        Assert.Equal(real, page);
        Assert.InRange(ConsoleBlock().Count(page), 4, 20);
    }

    [Fact]
    public void The_page_has_each_kind_of_near_miss() =>
        Assert.Equal(
            Enum.GetValues<NearMissKind>().Select(ExplainedKeys.Id),
            Rows("## Keys that nearly match").Select(row => row[0])
        );

    [Fact]
    public void The_page_has_each_member_of_the_JSON_and_no_other()
    {
        world.Write(
            ExplainWorld.NodeFile,
            """{"auths":{"https://quay.io/v1/":{"auth":"YTpi"},"https://quay.io/v2/":{"auth":"YTpi"}},"credHelpers":{"gcr.io":"gcr"}}"""
        );
        HashSet<string> members = [];
        foreach (
            var line in (string[])
                [
                    "quay.io/team/app --secrets secrets.yaml",
                    "quay.io/team/app@sha256:" + new string('0', 64) + " --secrets secrets.yaml --secrets -",
                ]
        )
        {
            AddMembers(
                JsonNode.Parse(world.Run(line + " --output json", "apiVersion: v1\nkind: Pod\n").Stdout),
                "",
                members
            );
        }

        // A null stands for the whole object that is not there.
        members.RemoveWhere(member => members.Any(other => other.StartsWith(member + ".", StringComparison.Ordinal)));
        Assert.Equal(
            members.Order(StringComparer.Ordinal),
            Rows("## JSON").Select(row => row[0]).Order(StringComparer.Ordinal)
        );
    }

    private string Run(string command, string rest)
    {
        var parts = command.Split(" | ");
        var stdin =
            parts.Length == 1 ? ""
            : parts[0] == "kubectl create token default -n team-a" ? cluster.Api.Issue("team-a", isBound: false) + "\n"
            : throw new InvalidOperationException("unknown command " + parts[0]);
        var words = parts[^1].Split(' ');
        Assert.Equal(["crio-credential-provider", "explain"], words[..2]);
        var run = world.Run(
            [
                .. words[2..],
                $"--api-server=127.0.0.1:{cluster.Api.Port}",
                $"--certificate-authority={cluster.At("ca.crt")}",
            ],
            stdin
        );
        Assert.Equal("", run.Stderr);
        var output = run.Stdout.Replace($"127.0.0.1:{cluster.Api.Port}", "127.0.0.1:6443", StringComparison.Ordinal);
        return $"$ {command}\n{output}"
            + (rest.Contains("$ echo $?\n", StringComparison.Ordinal) ? $"$ echo $?\n{run.ExitCode}\n" : "");
    }

    private IEnumerable<string[]> Rows(string heading)
    {
        var section = page[page.IndexOf(heading, StringComparison.Ordinal)..];
        var end = section.IndexOf("\n## ", StringComparison.Ordinal);
        return section[..end]
            .Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line =>
                line.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim(' ', '`')).ToArray()
            );
    }

    private static void AddMembers(JsonNode? node, string path, HashSet<string> members)
    {
        switch (node)
        {
            case JsonObject entries:
                foreach (var (name, value) in entries)
                {
                    AddMembers(value, path.Length == 0 ? name : $"{path}.{name}", members);
                }

                break;
            case JsonArray array:
                foreach (var item in array)
                {
                    AddMembers(item, path + "[]", members);
                }

                break;
            default:
                members.Add(path);
                break;
        }
    }

    [GeneratedRegex(
        "^`(?<path>[^`\n]+)`:\n\n```\\w+\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex FileBlock();

    [GeneratedRegex(
        "^```console\n\\$ (?<command>[^\n]+)\n(?<rest>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex ConsoleBlock();
}
