using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Options;

/// <summary>
/// Reads <see cref="Settings"/> from flags and environment variables: the flag wins, then the variable, then the
/// default. This small loop is all the command line that the kubelet's run has.
/// </summary>
internal static class SettingsParser
{
    /// <summary>The settings of a run that the kubelet starts with these arguments.</summary>
    /// <param name="args">The process's arguments, without its name; nothing but flags of <see cref="OptionTable"/>.</param>
    /// <param name="environment">Looks up an environment variable; null when it is not set.</param>
    /// <returns>The settings, and null or one line that says what is wrong.</returns>
    public static (Settings Settings, string? Problem) Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var settings = new Settings();
        var problem = ApplyEnvironment(settings, environment);
        for (var i = 0; problem is null && i < args.Count; i++)
        {
            problem = ApplyFlag(args, ref i, settings);
        }

        return (settings, problem);
    }

    /// <summary>Applies the variables that are set.</summary>
    /// <returns>Null, or one line that names the variable with a bad value.</returns>
    public static string? ApplyEnvironment(Settings settings, Func<string, string?> environment)
    {
        foreach (var option in OptionTable.Options)
        {
            var value = environment(option.EnvironmentVariable);
            if (!string.IsNullOrEmpty(value) && option.Apply(settings, value) is { } wanted)
            {
                return $"bad value \"{OneLine.Of(value)}\" of environment variable {option.EnvironmentVariable}: {wanted}";
            }
        }

        return null;
    }

    /// <summary>Applies the flag at <paramref name="i"/>, and moves on to its value if that is a word of its own.</summary>
    /// <returns>Null, or one line that says what is wrong.</returns>
    public static string? ApplyFlag(IReadOnlyList<string> args, ref int i, Settings settings)
    {
        var argument = args[i];
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument : argument[..equals];
        var option = name.StartsWith("--", StringComparison.Ordinal)
            ? Array.Find(OptionTable.Options, candidate => name.AsSpan(2).SequenceEqual(candidate.Flag))
            : null;
        if (option is null)
        {
            var flags = OptionTable.Options.Select(candidate => "--" + candidate.Flag);
            return argument.StartsWith('-')
                ? $"unknown flag \"{OneLine.Of(name)}\"{NearestWord.Hint(name, flags, "--help")}"
                : $"unexpected argument \"{OneLine.Of(name)}\"; see --help";
        }

        string value;
        if (equals >= 0)
        {
            value = argument[(equals + 1)..];
        }
        else if (option.IsSwitch)
        {
            value = "true";
        }
        else if (i + 1 < args.Count)
        {
            value = args[++i];
        }
        else
        {
            return $"flag --{option.Flag} needs a value: {option.ValueName}";
        }

        return option.Apply(settings, value) is { } wanted
            ? $"bad value \"{OneLine.Of(value)}\" of flag --{option.Flag}: {wanted}"
            : null;
    }
}
