// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>The options of the kubelet's run, as doctor applies them.</summary>
/// <param name="Settings">From doctor's command line, else the config's args and env, else the kubelet's
/// environment.</param>
/// <param name="Misuse">Why the program would reject the config's args or env; null if it accepts them.</param>
internal sealed record SettingsOfRun(Settings Settings, string? Misuse)
{
    public static SettingsOfRun Find(Node node, CommandInput input, KubeletFacts kubelet, Provider? provider)
    {
        var (found, misuse) = provider is null ? (new Settings(), null) : SettingsParser.Parse(provider.Args, Variable);
        foreach (var option in DoctorOptions.Settings)
        {
            var value = input.Has(option.Flag)
                ? input.Text(option.Flag) ?? "true"
                : node.Environment(option.EnvironmentVariable);
            if (!string.IsNullOrEmpty(value))
            {
                _ = option.Apply(found, value);
            }
        }

        return new SettingsOfRun(found, misuse);

        // The kubelet passes its own environment to the program, followed by the config's env.
        string? Variable(string name) =>
            provider!.Env.LastOrDefault(pair => pair.Name == name) is { Name: not null } own
                ? own.Value
                : kubelet.Process?.Environment(name);
    }

    /// <summary>
    /// Variables in a provider's env that have the prefix of this program's options, but do not name an option.
    /// </summary>
    public static IEnumerable<string> UnknownVariables(Provider provider) =>
        provider
            .Env.Select(pair => pair.Name)
            .Where(name =>
                name.StartsWith(SettingOption.VariablePrefix, StringComparison.Ordinal)
                && OptionTable.Options.All(option => option.EnvironmentVariable != name)
            )
            .Distinct();
}
