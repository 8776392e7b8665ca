// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Completions for bash 4 and newer, without the bash-completion package.</summary>
internal static class BashCompletion
{
    public static string Text
    {
        get
        {
            var text = new StringBuilder(
                """
                # bash completion for crio-credential-provider; made by "crio-credential-provider completion bash".

                _crio_credential_provider() {
                    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= words= flags=
                    COMPREPLY=()

                    # Readline cuts --flag=value into three words.
                    if [[ $cur == = ]]; then
                        cur=
                    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
                        prev=${COMP_WORDS[COMP_CWORD-2]}
                    fi

                    # Commands come first.
                    if ((COMP_CWORD > 1)); then
                        case ${COMP_WORDS[1]} in

                """
            );
            foreach (var node in CompletionNode.All.Where(node => node.Path.Length > 0 && !node.Path.Contains(' ')))
            {
                text.Append($"            {node.Path}) path={node.Path} ;;\n");
            }

            text.Append(
                "        esac\n    fi\n    if ((COMP_CWORD > 2)); then\n        case \"$path ${COMP_WORDS[2]}\" in\n"
            );
            var deeper = CompletionNode.All.Where(node => node.Path.Contains(' '));
            text.Append(
                $"            {string.Join(" | ", deeper.Select(node => $"'{node.Path}'"))}) path=\"$path "
                    + "${COMP_WORDS[2]}\" ;;\n"
            );
            text.Append("        esac\n    fi\n\n    # The value of a flag.\n    case \"$path:$prev\" in\n");
            AppendValues(text);
            text.Append("    esac\n\n    case $path in\n");
            foreach (var node in CompletionNode.All)
            {
                text.Append($"        '{node.Path}')\n");
                text.Append($"            words='{string.Join(' ', node.Words.Select(word => word.Word))}'\n");
                text.Append(
                    $"            flags='{string.Join(' ', node.Options.Select(option => "--" + option.Flag))}'\n"
                );
                text.Append(
                    node.TakesFiles
                        ? "            [[ $cur == -* ]] || { _crio_credential_provider_paths -f; return; }\n"
                        : ""
                );
                text.Append("            ;;\n");
            }

            return text.Append(
                    """
                        esac
                        if [[ $cur == -* ]]; then
                            words=$flags
                        fi
                        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
                    }

                    # Files (-f) or directories (-d), which readline quotes where they need it.
                    _crio_credential_provider_paths() {
                        compopt -o filenames 2>/dev/null
                        mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
                    }

                    complete -F _crio_credential_provider crio-credential-provider

                    """
                )
                .ToString();
        }
    }

    /// <summary>Appends one case for all options whose values are completed in the same way.</summary>
    private static void AppendValues(StringBuilder text)
    {
        Dictionary<string, List<string>> places = new(StringComparer.Ordinal);
        foreach (var node in CompletionNode.All)
        {
            foreach (var option in node.Options.Where(option => !option.IsSwitch))
            {
                var action = option.Kind switch
                {
                    ValueKind.Choice =>
                        $"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', option.Choices)}' -- \"$cur\")",
                    ValueKind.File => "_crio_credential_provider_paths -f",
                    ValueKind.Directory => "_crio_credential_provider_paths -d",
                    _ => ":",
                };
                if (!places.TryGetValue(action, out var patterns))
                {
                    places[action] = patterns = [];
                }

                patterns.Add($"'{node.Path}:--{option.Flag}'");
                if (option.Letter is { } letter)
                {
                    patterns.Add($"'{node.Path}:-{letter}'");
                }
            }
        }

        foreach (var action in new SortedSet<string>(places.Keys, StringComparer.Ordinal))
        {
            text.Append(
                $"        {string.Join(" | \\\n        ", places[action])})\n            {action}\n            return "
                    + ";;\n"
            );
        }
    }
}
