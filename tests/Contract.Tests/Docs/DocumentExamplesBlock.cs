// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>A command of a console block with what the page shows behind it.</summary>
/// <param name="Line">Where it stands in the page, from 1.</param>
/// <param name="Command">Without the prompt; its continuation lines are joined by newlines.</param>
/// <param name="Expected">The lines behind it.</param>
internal sealed record DocumentExamplesStep(int Line, string Command, IReadOnlyList<string> Expected);

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Path below the repository.</param>
/// <param name="Line">Where its fence stands, from 1.</param>
/// <param name="Kind">The word behind the fence.</param>
/// <param name="Directives">Key and value of the HTML comments right above it.</param>
/// <param name="Lines">Its text, without the fence's own indentation.</param>
internal sealed partial record DocumentExamplesBlock(
    string Page,
    int Line,
    string Kind,
    IReadOnlyDictionary<string, string> Directives,
    IReadOnlyList<string> Lines
)
{
    public string Place => $"{Page}:{Line}";

    public string Text => string.Concat(Lines.Select(line => line + "\n"));

    /// <summary>The commands of a console block. Everything in front of the first one is a mistake of the
    /// page.</summary>
    /// <exception cref="FormatException">The block shows output without a command.</exception>
    public IReadOnlyList<DocumentExamplesStep> Steps
    {
        get
        {
            List<DocumentExamplesStep> steps = [];
            for (var i = 0; i < Lines.Count; i++)
            {
                if (!Lines[i].StartsWith("$ ", StringComparison.Ordinal))
                {
                    throw new FormatException($"{Page}:{Line + 1 + i}: output without a command: {Lines[i]}");
                }

                var line = Line + 1 + i;
                var command = Lines[i][2..];
                while (i + 1 < Lines.Count && Lines[i + 1].StartsWith("> ", StringComparison.Ordinal))
                {
                    command += "\n" + Lines[++i][2..];
                }

                List<string> expected = [];
                while (i + 1 < Lines.Count && !Lines[i + 1].StartsWith("$ ", StringComparison.Ordinal))
                {
                    expected.Add(Lines[++i]);
                }

                steps.Add(new DocumentExamplesStep(line, command, expected));
            }

            return steps.Count > 0 ? steps : throw new FormatException($"{Place}: a console block without a command");
        }
    }

    /// <summary>All pages of the repository, by path.</summary>
    public static IEnumerable<string> Pages =>
        Directory
            .GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "deploy"), "*.md"))
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Order(StringComparer.Ordinal);

    public static IReadOnlyList<DocumentExamplesBlock> Of(string page) =>
        Parse(page, File.ReadAllLines(Path.Combine(Repository.Root, page)));

    /// <exception cref="FormatException">A fence is not closed.</exception>
    public static IReadOnlyList<DocumentExamplesBlock> Parse(string page, IReadOnlyList<string> lines)
    {
        List<DocumentExamplesBlock> blocks = [];
        Dictionary<string, string> directives = [];
        for (var i = 0; i < lines.Count; i++)
        {
            if (Directive().Match(lines[i]) is { Success: true } comment)
            {
                directives[comment.Groups["key"].Value] = comment.Groups["value"].Value;
                continue;
            }

            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                if (lines[i].Trim().Length > 0)
                {
                    directives = [];
                }

                continue;
            }

            var (start, indent, ticks) = (i, fence.Groups["indent"].Length, fence.Groups["ticks"].Value);
            List<string> text = [];
            while (++i < lines.Count && lines[i].Trim() != ticks)
            {
                text.Add(
                    lines[i].Length >= indent && lines[i][..indent].Trim().Length == 0
                        ? lines[i][indent..]
                        : lines[i].TrimStart()
                );
            }

            if (i == lines.Count)
            {
                throw new FormatException($"{page}:{start + 1}: the fence is not closed");
            }

            blocks.Add(new DocumentExamplesBlock(page, start + 1, fence.Groups["kind"].Value, directives, text));
            directives = [];
        }

        return blocks;
    }

    [GeneratedRegex("^\\s*<!-- (?<key>[a-z]+): (?<value>.+) -->$")]
    private static partial Regex Directive();

    [GeneratedRegex("^(?<indent>\\s*)(?<ticks>```+)(?<kind>[^`]*)$")]
    private static partial Regex Fence();
}
