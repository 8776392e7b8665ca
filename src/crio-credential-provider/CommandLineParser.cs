using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Turns arguments and environment into an <see cref="Invocation"/>.</summary>
internal static class CommandLineParser
{
    /// <param name="args">The process's arguments, without its name.</param>
    /// <param name="environment">Looks up an environment variable; null when it is not set.</param>
    public static Invocation Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var settings = new Settings();
        if (SettingsParser.ApplyEnvironment(settings, environment) is { } badVariable)
        {
            return new Invocation.Misused(badVariable);
        }

        if (args.Count > 0 && !args[0].StartsWith('-'))
        {
            return CommandParser.Parse(args, settings);
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

            if (SettingsParser.ApplyFlag(args, ref i, settings) is { } problem)
            {
                return new Invocation.Misused(problem);
            }
        }

        return new Invocation.Provide(settings);
    }
}
