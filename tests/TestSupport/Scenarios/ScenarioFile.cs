// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// The text of a scenario: a title, followed by sections that begin with <c>-- NAME --</c>. The parser is strict, so
/// that a scenario with a misspelt or missing section fails instead of testing less than it seems to
/// (tests/scenarios/README.md).
/// </summary>
internal sealed class ScenarioFile
{
    private static readonly string[] Required =
    [
        "request",
        "options",
        "api",
        "api requests",
        "exit code",
        "stdout",
        "stderr",
        "journal",
        "never",
    ];

    private static readonly string[] Optional =
    [
        "registries.conf",
        "kubelet auth file",
        "kubeconfig",
        "apiserver-url.env",
    ];

    /// <summary>The sections whose name is followed by further words, with the permitted number of words.</summary>
    private static readonly Dictionary<string, (int Least, int Most)> Repeated = new()
    {
        ["drop-in"] = (1, 1),
        ["secret"] = (1, 2),
        ["secrets"] = (2, 2),
        ["answer"] = (1, 1),
        ["earlier auth file"] = (2, 2),
        ["auth file"] = (1, 1),
    };

    private readonly List<(string Name, string Text)> sections = [];

    private ScenarioFile(string title) => Title = title;

    /// <summary>The lines before the first section, which describe the scenario.</summary>
    public string Title { get; }

    /// <exception cref="FormatException">
    /// The text is not a valid scenario. The message contains the reason and the line.
    /// </exception>
    public static ScenarioFile Parse(string text)
    {
        if (!text.EndsWith('\n') || text.Contains('\r', StringComparison.Ordinal))
        {
            throw new FormatException("lines must end with a line feed, the last one too");
        }

        var lines = text[..^1].Split('\n');
        var first = Array.FindIndex(lines, IsHeader);
        var title = string.Join('\n', lines[..(first < 0 ? lines.Length : first)]).Trim();
        if (title.Length == 0)
        {
            throw new FormatException("line 1: there is no title in front of the first section");
        }

        var file = new ScenarioFile(title);
        for (var start = first; start >= 0 && start < lines.Length; )
        {
            var next = Array.FindIndex(lines, start + 1, IsHeader);
            var end = next < 0 ? lines.Length : next;
            file.Add(
                lines[start][3..^3],
                string.Concat(lines[(start + 1)..end].Select(line => line + "\n")),
                start + 1
            );
            start = end;
        }

        return Array.Find(Required, name => file.Find(name) is null) is { } missing
            ? throw new FormatException($"section \"{missing}\" is missing")
            : file;
    }

    /// <summary>The text of a mandatory section.</summary>
    public string this[string name] =>
        Find(name) ?? throw new ArgumentException($"\"{name}\" is not a required section");

    public string? Find(string name) => sections.Find(section => section.Name == name).Text;

    /// <summary>
    /// The further words of the heading, and the text, of all sections with this name, in the order of the file.
    /// </summary>
    public IEnumerable<(string[] Words, string Text)> All(string name) =>
        sections
            .Where(section => KindOf(section.Name) == name)
            .Select(section => (section.Name[(name.Length + 1)..].Split(' '), section.Text));

    private static bool IsHeader(string line) =>
        line.Length > 6
        && line.StartsWith("-- ", StringComparison.Ordinal)
        && line.EndsWith(" --", StringComparison.Ordinal);

    private static string? KindOf(string name) =>
        Repeated.Keys.FirstOrDefault(kind =>
            name.StartsWith(kind + " ", StringComparison.Ordinal)
            && name[(kind.Length + 1)..].Split(' ') is var words
            && words.Length >= Repeated[kind].Least
            && words.Length <= Repeated[kind].Most
            && Array.TrueForAll(words, word => word.Length > 0)
        );

    private void Add(string name, string text, int line)
    {
        if (!Required.Contains(name) && !Optional.Contains(name) && KindOf(name) is null)
        {
            throw new FormatException($"line {line}: there is no section \"{name}\"");
        }

        if (Find(name) is not null)
        {
            throw new FormatException($"line {line}: section \"{name}\" occurs twice");
        }

        sections.Add((name, text));
    }
}
