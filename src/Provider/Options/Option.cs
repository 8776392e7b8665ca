namespace CrioCredentialProvider.Options;

/// <summary>One option as people see it: help, man page, completions and the reference page come from these values.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">How help names the value; empty for a switch.</param>
/// <param name="Default">How help tells the default.</param>
/// <param name="Summary">One line for help.</param>
internal abstract record Option(string Flag, string ValueName, string Default, string Summary)
{
    public bool IsSwitch => ValueName.Length == 0;

    /// <summary>The only values there are; empty when any will do. Completions offer them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>An option of the kubelet's run, which is also an environment variable.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">How help names the value; empty for a switch.</param>
/// <param name="Default">How help tells the default.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Apply">Sets the value; returns what a good value looks like when this one is none, else null.</param>
internal sealed record SettingOption(
    string Flag, string ValueName, string Default, string Summary, Func<Settings, string, string?> Apply)
    : Option(Flag, ValueName, Default, Summary)
{
    /// <summary>The environment variable that sets the same, for the <c>env</c> of the kubelet's config.</summary>
    public string EnvironmentVariable => "CRIO_CP_" + Flag.ToUpperInvariant().Replace('-', '_');
}
