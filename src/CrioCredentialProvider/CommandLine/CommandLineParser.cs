using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Turns arguments and environment into an <see cref="Invocation"/>: flag, else variable, else default.</summary>
internal static class CommandLineParser
{
    /// <param name="args">The process's arguments, without its name.</param>
    /// <param name="environment">Looks up an environment variable; null when it is not set.</param>
    public static Invocation Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var settings = new Settings();
        foreach (var option in OptionTable.Options)
        {
            var value = environment(option.EnvironmentVariable);
            if (!string.IsNullOrEmpty(value) && option.Apply(settings, value) is { } wanted)
            {
                return new Invocation.Misused(
                    $"bad value \"{OneLine.Of(value)}\" of environment variable {option.EnvironmentVariable}: {wanted}");
            }
        }

        if (args.Count > 0 && !args[0].StartsWith('-'))
        {
            return Commands.CommandParser.Parse(args, settings);
        }

        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h" or "-help":
                    return new Invocation.Print(HelpText.Full);
                case "--version" or "-version":
                    return new Invocation.Print(BuildInfo.Text);
                case "--version-json" or "-version-json":
                    return new Invocation.Print(BuildInfo.Json);
            }

            if (ParseFlag(args, ref i, settings) is { } problem)
            {
                return new Invocation.Misused(problem);
            }
        }

        return new Invocation.Provide(settings);
    }

    private static string? ParseFlag(IReadOnlyList<string> args, ref int i, Settings settings)
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
