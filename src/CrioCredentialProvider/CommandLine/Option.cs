namespace CrioCredentialProvider.CommandLine;

/// <summary>One row of <see cref="OptionTable"/>.</summary>
/// <param name="Flag">Without the leading dashes.</param>
/// <param name="ValueName">How help names the value; empty for a switch.</param>
/// <param name="Default">How help tells the default.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Apply">Sets the value; returns what a good value looks like when this one is none, else null.</param>
internal sealed record Option(
    string Flag, string ValueName, string Default, string Summary, Func<Settings, string, string?> Apply)
{
    public bool IsSwitch => ValueName.Length == 0;

    /// <summary>The environment variable that sets the same, for the <c>env</c> of the kubelet's config.</summary>
    public string EnvironmentVariable => "CRIO_CP_" + Flag.ToUpperInvariant().Replace('-', '_');
}
