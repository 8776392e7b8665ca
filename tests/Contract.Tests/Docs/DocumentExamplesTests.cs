// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// What the pages show is what happens: console blocks are run and their output is compared; journal blocks are
/// compared with what the journal recorded meanwhile; what needs a cluster is checked as far as it can be without one.
/// CONTRIBUTING.md tells how an example is written.
/// </summary>
public sealed class DocumentExamplesTests
{
    /// <summary>How a Mermaid diagram begins.</summary>
    private static readonly string[] MermaidKinds = ["flowchart", "sequenceDiagram", "stateDiagram-v2"];

    public static TheoryData<string> PagesWithBlocks =>
        [.. DocumentExamplesBlock.Pages.Where(page => DocumentExamplesBlock.Of(page).Count > 0)];

    public static TheoryData<string> PagesThatRun =>
        [.. DocumentExamplesBlock.Pages.Where(page => DocumentExamplesBlock.Of(page).Any(IsRun))];

    [Theory]
    [MemberData(nameof(PagesThatRun))]
    public void The_commands_of_a_page_give_what_it_shows(string page) =>
        AssertNone(Run(DocumentExamplesBlock.Of(page)));

    [Theory]
    [MemberData(nameof(PagesWithBlocks))]
    public void Each_block_that_is_not_run_is_at_least_well_formed(string page) =>
        AssertNone([.. DocumentExamplesBlock.Of(page).Select(Problem).OfType<string>()]);

    [Fact]
    public void Pages_that_are_wrong_are_found_out()
    {
        Assert.Equal(
            [
                "page.md:3: the block names no world",
                "page.md:8: shows\nfalse hope\nbut it is\ntrue\n",
                "page.md:10: exit code 3, and the page does not show it",
                "page.md:17: journal\nnothing was written\nbut it is\n",
            ],
            Run(
                Parse(
                    "Text.",
                    "",
                    "```console",
                    "$ true",
                    "```",
                    "<!-- world: node -->",
                    "```console",
                    "$ echo true",
                    "false hope",
                    "$ (exit 3)",
                    "$ (exit 4)",
                    "$ echo $?",
                    "4",
                    "```",
                    "",
                    "<!-- world: node -->",
                    "```journal",
                    "nothing was written",
                    "```"
                )
            )
        );
    }

    [Theory]
    [InlineData("", "page.md:1: a block of unknown kind \"\"", "diagram")]
    [InlineData("python", "page.md:1: a block of unknown kind \"python\"", "pass")]
    [InlineData("sh", null, "kubectl get pods |", "  grep x")]
    [InlineData("sh", "page.md:1: bash does not take it: ", "if true; then")]
    [InlineData("yaml", null, "a: [1]", "---", "b: 2")]
    [InlineData("yaml", "page.md:1: not YAML: ", "a: [1")]
    [InlineData("json", null, "{\"a\": 1}")]
    [InlineData("json", "page.md:1: not JSON: ", "{\"a\": 1,}")]
    [InlineData("toml", null, "a = 1")]
    [InlineData("toml", "page.md:1: not TOML: ", "a = ")]
    [InlineData("ini", null, "[Service]", "# why", "ExecStart=")]
    [InlineData("ini", "page.md:1: not a unit file: Service", "Service")]
    [InlineData("text", null, "a --> b")]
    [InlineData("text", "page.md:1: commands belong into a console block", "$ true")]
    [InlineData("mermaid", null, "flowchart LR", "    a --> b")]
    [InlineData("mermaid", "page.md:1: not a Mermaid diagram of the kinds ", "    a --> b")]
    [InlineData("mermaid", "page.md:1: not a Mermaid diagram of the kinds ", "flowchart LR")]
    [InlineData("console", "page.md:2: output without a command: true", "true")]
    [InlineData("console", "page.md:1: a console block without a command")]
    [InlineData("console checked", "page.md:2: no test OptionsPageTests checks it", "$ true")]
    [InlineData("log", "page.md:1: the block names no capture", "any")]
    [InlineData("log capture", null, "…Looking for namespaced auth JSON file in: …", "…Trying to access…")]
    [InlineData(
        "log capture",
        "page.md:2: not in crio/pull-with-auth-file.log, or not in this order: …Looking",
        "…Trying to access…",
        "…Looking…"
    )]
    public void Blocks_that_are_not_run_are_checked_by_their_kind(string kind, string? expected, params string[] lines)
    {
        string[] block = ["```" + kind.Split(' ')[0], .. lines, "```"];
        var problem = Problem(
            Assert.Single(
                Parse(
                    kind.Split(' ')[1..] switch
                    {
                        ["capture"] => ["<!-- capture: crio/pull-with-auth-file.log -->", .. block],
                        ["checked"] => ["<!-- checked: OptionsPageTests -->", .. block],
                        _ => block,
                    }
                )
            )
        );
        if (expected is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.StartsWith(expected, problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("a", "a\r\n", true)]
    [InlineData("a", "a  \n\n", true)]
    [InlineData("a b", "a \u001b[1;32mb\u001b[0m\n", true)]
    [InlineData("a", "a\nb\n", false)]
    [InlineData("a", "", false)]
    [InlineData("", "a\n", false)]
    [InlineData("a\nb", "b\na\n", false)]
    [InlineData("a\n…\nd", "a\nb\nc\nd\n", true)]
    [InlineData("a\n...\nd", "a\nd\n", true)]
    [InlineData("a\n…\nd", "a\nb\n", false)]
    [InlineData("…", "anything\nat all\n", true)]
    [InlineData("took … ms", "took 15 ms\n", true)]
    [InlineData("took … ms", "took 15\nms\n", false)]
    [InlineData("took …", "took nothing\n", true)]
    [InlineData("took ... ms", "took 15 ms\n", false)]
    [InlineData("a.c", "abc\n", false)]
    public void Only_an_ellipsis_stands_for_something_else(string expected, string actual, bool matches) =>
        Assert.Equal(matches, DocumentExamplesOutput.Matches(expected.Length == 0 ? [] : expected.Split('\n'), actual));

    [Fact]
    public void A_terminal_sees_more_than_a_pipe()
    {
        using var node = new DocumentExamplesNode("node");
        Assert.Equal((0, "tty\r\n"), node.Run("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo tty"));
    }

    private static void AssertNone(List<string> problems) =>
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));

    private static bool IsRun(DocumentExamplesBlock block) =>
        block.Kind is "console" or "journal" && !block.Directives.ContainsKey("checked");

    private static IReadOnlyList<DocumentExamplesBlock> Parse(params string[] lines) =>
        DocumentExamplesBlock.Parse("page.md", lines);

    /// <summary>Runs the blocks in order; those of one page with one world share it.</summary>
    /// <returns>What is not as shown, block by block.</returns>
    private static List<string> Run(IReadOnlyList<DocumentExamplesBlock> blocks)
    {
        List<string> problems = [];
        Dictionary<string, DocumentExamplesNode> worlds = [];
        try
        {
            foreach (var block in blocks.Where(IsRun))
            {
                if (!block.Directives.TryGetValue("world", out var world))
                {
                    problems.Add($"{block.Place}: the block names no world");
                    continue;
                }

                if (!worlds.TryGetValue(world, out var node))
                {
                    worlds[world] = node = new DocumentExamplesNode(world);
                }

                foreach (
                    var what in block
                        .Directives.GetValueOrDefault("happens", "")
                        .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                )
                {
                    node.Happens(what);
                }

                problems.AddRange(block.Kind == "journal" ? CompareJournal(block, node) : RunCommands(block, node));
            }
        }
        finally
        {
            worlds.Values.ToList().ForEach(node => node.Dispose());
        }

        return problems;
    }

    private static IEnumerable<string> RunCommands(DocumentExamplesBlock block, DocumentExamplesNode node)
    {
        var steps = block.Steps;
        for (var i = 0; i < steps.Count; i++)
        {
            var (exitCode, output) = node.Run(steps[i].Command);
            if (!DocumentExamplesOutput.Matches(steps[i].Expected, output))
            {
                yield return $"{block.Page}:{steps[i].Line}: "
                    + $"shows\n{string.Concat(steps[i].Expected.Select(line => line + "\n"))}but it "
                    + $"is\n{output.ReplaceLineEndings("\n")}";
            }

            if (exitCode != 0 && !(i + 1 < steps.Count && steps[i + 1].Command == "echo $?"))
            {
                yield return $"{block.Page}:{steps[i].Line}: exit code {exitCode}, and the page does not show it";
            }
        }
    }

    /// <summary>A journal block shows the sentences of the last run, as <c>journalctl -o cat</c> does.</summary>
    private static IEnumerable<string> CompareJournal(DocumentExamplesBlock block, DocumentExamplesNode node)
    {
        var recorded = string.Concat(node.TakeJournal().Select(message => message + "\n"));
        if (!DocumentExamplesOutput.Matches(block.Lines, recorded))
        {
            yield return $"{block.Place}: journal\n{block.Text}but it is\n{recorded}";
        }
    }

    /// <summary>What is wrong with a block that is not run, or with the form of one that is.</summary>
    private static string? Problem(DocumentExamplesBlock block)
    {
        try
        {
            switch (block.Kind)
            {
                case "console":
                    _ = block.Steps;
                    return CheckProblem(block);
                case "journal":
                    return CheckProblem(block);
                case "sh":
                    return BashProblem(block.Text) is { } said ? $"{block.Place}: bash does not take it: {said}" : null;
                case "yaml":
                    new YamlStream().Load(new StringReader(block.Text));
                    return null;
                case "json":
                    JsonDocument.Parse(block.Text).Dispose();
                    return null;
                case "toml":
                    TomlDocument.Parse(block.Place, block.Text);
                    return null;
                case "ini":
                    return block.Lines.FirstOrDefault(line => !IsUnitFileLine(line)) is { } wrong
                        ? $"{block.Place}: not a unit file: {wrong}"
                        : null;
                case "text":
                    return block.Lines.Any(line => line.StartsWith("$ ", StringComparison.Ordinal))
                        ? $"{block.Place}: commands belong into a console block"
                        : null;
                case "mermaid":
                    return block.Lines is [var first, _, ..] && MermaidKinds.Contains(first.Split(' ')[0])
                        ? null
                        : $"{block.Place}: not a Mermaid diagram of the kinds {string.Join(", ", MermaidKinds)}";
                case "log":
                    return CaptureProblem(block);
                default:
                    return $"{block.Place}: a block of unknown kind \"{block.Kind}\"";
            }
        }
        catch (FormatException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or JsonException or ProviderException)
        {
            return $"{block.Place}: not {block.Kind.ToUpperInvariant()}: {e.Message}";
        }
    }

    /// <summary>A block that another test compares names its class, and that class names the page.</summary>
    private static string? CheckProblem(DocumentExamplesBlock block) =>
        block.Directives.TryGetValue("checked", out var test)
        && !Directory
            .GetFiles(Path.Combine(Repository.Root, "tests"), $"{test}.cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains(Path.GetFileName(block.Page), StringComparison.Ordinal))
            ? $"{block.Place}: no test {test} checks it"
            : null;

    /// <summary>A log block shows lines, in order, of what a real cluster's programs wrote; an ellipsis shortens
    /// them.</summary>
    private static string? CaptureProblem(DocumentExamplesBlock block)
    {
        if (!block.Directives.TryGetValue("capture", out var capture))
        {
            return $"{block.Place}: the block names no capture";
        }

        using var captured = File.ReadLines(Path.Combine(Repository.Root, "tests/captures", capture)).GetEnumerator();
        return block.Lines.FirstOrDefault(line => !IsFurtherDown(line)) is { } missing
            ? $"{block.Place}: not in {capture}, or not in this order: {missing}"
            : null;

        bool IsFurtherDown(string line)
        {
            while (captured.MoveNext())
            {
                if (DocumentExamplesOutput.Matches([line], captured.Current))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static bool IsUnitFileLine(string line) =>
        line.Length == 0
        || line[0] is '#' or ';'
        || (line[0] == '[' && line[^1] == ']')
        || line.IndexOf('=', StringComparison.Ordinal) > 0;

    private static string? BashProblem(string script)
    {
        using var bash = Process.Start(
            new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true }
        )!;
        bash.StandardInput.Write(script);
        bash.StandardInput.Close();
        var said = bash.StandardError.ReadToEnd();
        bash.WaitForExit();
        return bash.ExitCode == 0 && said.Length == 0 ? null : said;
    }
}
