using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>An option that only one command has.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">How help names the value; empty for a switch.</param>
/// <param name="Default">How help tells the default.</param>
/// <param name="Summary">One line for help.</param>
internal sealed record CommandOption(string Flag, string ValueName, string Default, string Summary)
    : Option(Flag, ValueName, Default, Summary)
{
    /// <summary>Returns what a good value looks like when this one is none, else null.</summary>
    public Func<string, string?> Check { get; init; } = value => value.Length == 0 ? "want a value" : null;

    /// <summary>Whether the value is a path; completions offer files then.</summary>
    public bool IsPath { get; init; }

    /// <summary>Whether it may stand more than once; else the last one counts.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether capitals and small letters make no difference among the choices.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>The choices in few words, where a message need not list them all; null where it does.</summary>
    public string? ChoicesInShort { get; init; }

    /// <summary>Whether the value is one of the choices.</summary>
    public bool Offers(string value) => Choices.Contains(value, IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
}
