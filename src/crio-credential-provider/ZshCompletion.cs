// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Completions for zsh's compsys.</summary>
internal static class ZshCompletion
{
    public static string Text
    {
        get
        {
            var text = new StringBuilder(
                """
                #compdef crio-credential-provider
                # zsh completion for crio-credential-provider; made by "crio-credential-provider completion zsh".

                _crio_credential_provider() {
                    local place= depth=1
                    case "$words[2]" in

                """
            );
            foreach (var node in CompletionNode.All.Where(node => node.Path.Length > 0 && !node.Path.Contains(' ')))
            {
                text.Append($"        {node.Path}) (( CURRENT > 2 )) && place={node.Path} depth=2 ;;\n");
            }

            text.Append("    esac\n    case \"$place $words[3]\" in\n");
            var deeper = CompletionNode.All.Where(node => node.Path.Contains(' '));
            text.Append(
                $"        {string.Join("|", deeper.Select(node => $"'{node.Path}'"))}) (( CURRENT > 3 )) && "
                    + "place=\"$place $words[3]\" depth=3 ;;\n"
            );
            text.Append(
                """
                    esac

                    # What follows the commands is completed as if it followed the program's name.
                    words=("$words[1]" "${(@)words[depth + 1, -1]}")
                    (( CURRENT -= depth - 1 ))
                    case "$place" in

                """
            );
            foreach (var node in CompletionNode.All)
            {
                Append(text, node);
            }

            return text.Append("    esac\n}\n\n_crio_credential_provider \"$@\"\n").ToString();
        }
    }

    private static void Append(StringBuilder text, CompletionNode node)
    {
        text.Append($"        '{node.Path}')\n");
        text.Append("            _arguments -S");
        foreach (var option in node.Options)
        {
            var value = option.IsSwitch ? "" : $":{Spec(option.ValueName)}:{Action(option)}";
            text.Append($" \\\n                {Names(option)}[{Spec(option.Summary)}]{value}'");
        }

        if (node.Words.Count > 0)
        {
            var words = string.Join(' ', node.Words.Select(word => $"{word.Word}\\:\"{Spec(word.Summary)}\""));
            text.Append($" \\\n                '1:word:(({words}))'");
        }

        text.Append(node.TakesFiles ? " \\\n                '*:file:_files'\n" : "\n");
        text.Append("            ;;\n");
    }

    /// <summary>
    /// The beginning of a specification, up to the summary. An option with a short form gets two specifications through
    /// brace expansion; each excludes both forms unless the option is repeatable.
    /// </summary>
    private static string Names(CompletionOption option)
    {
        var ending = option.IsSwitch ? "" : "=";
        return (option.Letter, option.IsRepeatable) switch
        {
            (null, true) => $"'*--{option.Flag}{ending}",
            (null, false) => $"'--{option.Flag}{ending}",
            ({ } letter, true) => $"'*'{{-{letter}{(option.IsSwitch ? "" : "+")},--{option.Flag}{ending}}}'",
            ({ } letter, false) =>
                $"'(-{letter} --{option.Flag})'{{-{letter}{(option.IsSwitch ? "" : "+")},--{option.Flag}{ending}}}'",
        };
    }

    private static string Action(CompletionOption option) =>
        option.Kind switch
        {
            ValueKind.Choice => $"({string.Join(' ', option.Choices)})",
            ValueKind.File => "_files",
            ValueKind.Directory => "_files -/",
            _ => " ",
        };

    /// <summary>Escapes text for a specification of <c>_arguments</c> inside a single-quoted shell string.</summary>
    private static string Spec(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("'", "'\\''", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal)
            .Replace(":", "\\:", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("(", "\\(", StringComparison.Ordinal)
            .Replace(")", "\\)", StringComparison.Ordinal);
}
