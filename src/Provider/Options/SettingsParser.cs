// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Options;

/// <summary>
/// Reads <see cref="Settings"/> from flags and environment variables. A flag takes precedence over the variable, the
/// variable over the default. The kubelet's run has no other command line.
/// </summary>
internal static class SettingsParser
{
    /// <summary>The settings of a run that the kubelet starts with these arguments.</summary>
    /// <param name="args">
    /// The process's arguments, without its name; only flags of <see cref="OptionTable"/> are valid.
    /// </param>
    /// <param name="environment">Looks up an environment variable; null if it is not set.</param>
    /// <returns>The settings, and one line that describes the problem, or null.</returns>
    public static (Settings Settings, string? Problem) Parse(
        IReadOnlyList<string> args,
        Func<string, string?> environment
    )
    {
        var settings = new Settings();
        var words = ParsedWords.Parse(args, OptionTable.RunOptions);
        var problem = words.Problem ?? Unexpected(words.Arguments) ?? words.Apply(settings);
        if (problem is null && !settings.PrintsVersion && !settings.PrintsVersionJson)
        {
            // Variables go first, so that flags override them; but a request for the version succeeds with invalid
            // variables too.
            settings = new Settings();
            problem = ApplyEnvironment(settings, OptionTable.Options, environment) ?? words.Apply(settings);
        }

        return (settings, problem);
    }

    /// <summary>Applies the variables that are set and not empty.</summary>
    /// <returns>Null, or one line that names the variable with an invalid value.</returns>
    public static string? ApplyEnvironment(
        Settings settings,
        IReadOnlyList<SettingOption> options,
        Func<string, string?> environment
    )
    {
        foreach (var option in options)
        {
            var value = environment(option.EnvironmentVariable);
            if (!string.IsNullOrEmpty(value) && option.Apply(settings, value) is { } wanted)
            {
                return $"bad value \"{OneLine.Of(value)}\" of environment variable {option.EnvironmentVariable}: "
                    + $"{wanted}";
            }
        }

        return null;
    }

    /// <summary>A line for each variable that has our prefix but is not known: a typo would otherwise go
    /// unnoticed.</summary>
    /// <param name="names">The names of the variables that are set.</param>
    public static IEnumerable<string> UnknownVariables(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (
                name.StartsWith(SettingOption.VariablePrefix, StringComparison.Ordinal)
                && !Array.Exists(OptionTable.Options, option => option.EnvironmentVariable == name)
            )
            {
                yield return $"environment variable \"{OneLine.Of(name)}\" is unknown and has no effect"
                    + NearestWord.Hint(name, OptionTable.Options.Select(option => option.EnvironmentVariable));
            }
        }
    }

    private static string? Unexpected(IReadOnlyList<string> arguments) =>
        arguments.Count == 0 ? null : $"unexpected argument \"{OneLine.Of(arguments[0])}\"";
}
