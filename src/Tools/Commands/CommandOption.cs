// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// An option of a command that is not a setting of the kubelet's run. The command reads it from its
/// <c>CommandInput</c>.
/// </summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">The value's name in the help; empty for a switch.</param>
/// <param name="Default">The default as the help describes it.</param>
/// <param name="Summary">One line for help.</param>
internal sealed record CommandOption(string Flag, string ValueName, string Default, string Summary)
    : Option(Flag, ValueName, Default, Summary)
{
    /// <summary>Returns null if the value is valid, otherwise a description of a valid value.</summary>
    public Func<string, string?> Check { get; init; } = value => value.Length == 0 ? "want a value" : null;

    /// <summary>Whether the value is a path. Shell completions then offer files.</summary>
    public bool IsPath { get; init; }

    /// <summary>Whether each occurrence adds a value; otherwise the last one wins.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether a comma separates several values, for a repeatable option.</summary>
    public bool SplitsAtCommas { get; init; }

    /// <summary>Whether the comparison with the choices ignores case.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>A short description of the choices, for messages that need not list them all; otherwise null.</summary>
    public string? ChoicesInShort { get; init; }

    /// <summary>Splits one word of the command line into its values.</summary>
    public IReadOnlyList<string> Values(string word) =>
        SplitsAtCommas ? word.Split(',', StringSplitOptions.TrimEntries) : [word];

    public override string? Accept(Settings settings, string value)
    {
        if (IsSwitch)
        {
            return GoBoolean.Parse(value) is null ? GoBoolean.Wanted : null;
        }

        foreach (var one in Values(value))
        {
            if ((Choices.Count == 0 ? Check(one) : NotAChoice(one)) is { } wanted)
            {
                return wanted;
            }
        }

        return null;
    }

    private string? NotAChoice(string value) =>
        Choices.Contains(value, IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
            ? null
            : $"want {ChoicesInShort ?? Alternatives.Of(Choices)}";
}
