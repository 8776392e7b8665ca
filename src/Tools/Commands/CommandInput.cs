using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>A command's line, parsed: arguments, its own options by flag, and the settings of the kubelet's run.</summary>
/// <param name="settings">From variables and flags.</param>
/// <param name="arguments">In their order.</param>
/// <param name="values">The values of each option and setting that was given, by flag.</param>
internal sealed class CommandInput(
    Settings settings, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    public Settings Settings => settings;

    public IReadOnlyList<string> Arguments => arguments;

    /// <summary>Whether the option was given.</summary>
    public bool Has(string flag) => values.ContainsKey(flag);

    /// <summary>The option's last value; null when it was not given, or is a switch.</summary>
    public string? Text(string flag) => values.TryGetValue(flag, out var all) && all.Count > 0 ? all[^1] : null;

    /// <summary>All of a repeatable option's values.</summary>
    public IReadOnlyList<string> Texts(string flag) => values.TryGetValue(flag, out var all) ? all : [];
}
