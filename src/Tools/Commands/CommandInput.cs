// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// The parsed command line of a command: its arguments, its own options by flag, and the settings of the kubelet's run.
/// </summary>
internal sealed class CommandInput
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.Ordinal);

    /// <param name="settings">From environment variables and flags.</param>
    /// <param name="words">Words whose values have been validated.</param>
    public CommandInput(Settings settings, ParsedWords words)
    {
        (Settings, Arguments) = (settings, words.Arguments);
        foreach (var (option, value) in words.Values)
        {
            if (option is CommandOption { IsSwitch: true } && GoBoolean.Parse(value) == false)
            {
                _ = values.Remove(option.Flag);
                continue;
            }

            if (!values.TryGetValue(option.Flag, out var all))
            {
                values[option.Flag] = all = [];
            }

            all.AddRange(option is CommandOption own ? own.Values(value) : [value]);
        }
    }

    public Settings Settings { get; }

    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Whether the option was given; for one of the command's own switches, whether it is on.</summary>
    public bool Has(string flag) => values.ContainsKey(flag);

    /// <summary>The option's last value; null if it was not given.</summary>
    public string? Text(string flag) => values.TryGetValue(flag, out var all) ? all[^1] : null;

    /// <summary>All of a repeatable option's values.</summary>
    public IReadOnlyList<string> Texts(string flag) => values.TryGetValue(flag, out var all) ? all : [];
}
