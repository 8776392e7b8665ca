// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Completions for fish.</summary>
internal static class FishCompletion
{
    public static string Text
    {
        get
        {
            var text = new StringBuilder(
                """
                # fish completion for crio-credential-provider; made by "crio-credential-provider completion fish".

                # Whether the words in front of the cursor begin with exactly these commands:
                # PATH, then the commands that may follow it.
                function __crio_credential_provider_at
                    set -l words (commandline -opc)[2..-1]
                    set -l path (string split -n ' ' -- $argv[1])
                    test (count $words) -ge (count $path); or return 1
                    for i in (seq (count $path))
                        test "$words[$i]" = "$path[$i]"; or return 1
                    end
                    set -l next (math (count $path) + 1)
                    if test (count $words) -ge $next
                        not contains -- $words[$next] $argv[2..-1]
                    end
                end

                complete -c crio-credential-provider -f

                """
            );
            foreach (var node in CompletionNode.All)
            {
                Append(text, node);
            }

            return text.ToString();
        }
    }

    private static void Append(StringBuilder text, CompletionNode node)
    {
        var isGroup = CompletionNode.All.Any(other => IsBelow(other.Path, node.Path));
        var next = isGroup ? string.Concat(node.Words.Select(word => " " + word.Word)) : "";
        var at = $"complete -c crio-credential-provider -n \"__crio_credential_provider_at '{node.Path}'{next}\"";
        text.Append('\n');
        foreach (var (word, summary) in node.Words)
        {
            text.Append($"{at} -a {word} -d {Quoted(summary)}\n");
        }

        if (node.TakesFiles)
        {
            text.Append($"{at} -F\n");
        }

        foreach (var option in node.Options)
        {
            var value = option switch
            {
                { IsSwitch: true } => "",
                { Kind: ValueKind.Choice } => $" -x -a {Quoted(string.Join(' ', option.Choices))}",
                { Kind: ValueKind.File } => " -r -F",
                { Kind: ValueKind.Directory } => " -x -a '(__fish_complete_directories)'",
                _ => " -x",
            };
            var letter = option.Letter is { } known ? $" -s {known}" : "";
            text.Append($"{at}{letter} -l {option.Flag}{value} -d {Quoted(option.Summary)}\n");
        }
    }

    private static bool IsBelow(string path, string parent) =>
        path.Length > 0
        && path != parent
        && (parent.Length == 0 || path.StartsWith(parent + " ", StringComparison.Ordinal));

    private static string Quoted(string text) =>
        "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
