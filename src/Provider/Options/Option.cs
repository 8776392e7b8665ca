// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Options;

/// <summary>One option as people see it. Parsing, help, man page, completions and the reference page use these
/// values.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">How help names the value; empty for a switch.</param>
/// <param name="Default">How help describes the default.</param>
/// <param name="Summary">One line for help.</param>
internal abstract record Option(string Flag, string ValueName, string Default, string Summary)
{
    public bool IsSwitch => ValueName.Length == 0;

    /// <summary>The short form, for example <c>n</c> for <c>-n</c>; null if there is none.</summary>
    public char? Letter { get; init; }

    /// <summary>Whether <c>-flag</c> means <c>--flag</c>, as in Go's flag package.</summary>
    public bool AllowsSingleDash { get; init; }

    /// <summary>The only allowed values; empty if any value is allowed. Completions offer them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The flag with its short form, as help and man page print it: <c>-n, --namespace</c>.</summary>
    public string Label => Letter is { } letter ? $"-{letter}, --{Flag}" : $"--{Flag}";

    /// <summary>Whether a word such as <c>--flag</c> or <c>-f</c> is this option.</summary>
    public bool Answers(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) ? name.AsSpan(2).SequenceEqual(Flag)
        : name.Length == 2 ? name[1] == Letter
        : AllowsSingleDash && name.AsSpan(1).SequenceEqual(Flag);

    /// <summary>Sets the value.</summary>
    /// <returns>What a valid value looks like if this one is invalid, else null.</returns>
    public abstract string? Accept(Settings settings, string value);
}

/// <summary>An option of the kubelet's run that can also be set with an environment variable.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">How help names the value; empty for a switch.</param>
/// <param name="Default">How help describes the default.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Apply">Sets the value; returns what a valid value looks like if this one is invalid, else null.</param>
internal sealed record SettingOption(
    string Flag,
    string ValueName,
    string Default,
    string Summary,
    Func<Settings, string, string?> Apply
) : Option(Flag, ValueName, Default, Summary)
{
    /// <summary>The prefix of the environment variables.</summary>
    public const string VariablePrefix = "CRIO_CP_";

    /// <summary>The environment variable for the same setting, for the <c>env</c> of the kubelet's config.</summary>
    public string EnvironmentVariable => VariablePrefix + Flag.ToUpperInvariant().Replace('-', '_');

    public override string? Accept(Settings settings, string value) => Apply(settings, value);
}

/// <summary>A switch of the run that has no environment variable.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Set">Turns it on or off.</param>
internal sealed record RunSwitch(string Flag, string Summary, Action<Settings, bool> Set)
    : Option(Flag, "", "off", Summary)
{
    public override string? Accept(Settings settings, string value)
    {
        if (GoBoolean.Parse(value) is not { } isOn)
        {
            return GoBoolean.Wanted;
        }

        Set(settings, isOn);
        return null;
    }
}
