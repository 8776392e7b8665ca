// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.CommandLine;

/// <summary>
/// Parses arguments and environment into an <see cref="Invocation"/>. A line that begins with a word is a command; any
/// other is the kubelet's run.
/// </summary>
internal static class CommandLineParser
{
    /// <param name="args">The process's arguments, without its name.</param>
    /// <param name="environment">Looks up an environment variable; null if it is not set.</param>
    public static Invocation Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        if (args.Count > 0 && !args[0].StartsWith('-'))
        {
            return CommandParser.Parse(args, environment);
        }

        if (AsksForHelp(args))
        {
            return new Invocation.Help([]);
        }

        var (settings, problem) = SettingsParser.Parse(args, environment);
        return problem is not null ? new Invocation.Misused(problem, [])
            : settings.PrintsVersionJson ? new Invocation.Print(VersionText.Json)
            : settings.PrintsVersion ? new Invocation.Print(VersionText.Text)
            : new Invocation.Provide(settings);
    }

    /// <summary>Help is printed even if the rest of the line is invalid.</summary>
    public static bool AsksForHelp(IEnumerable<string> words) =>
        words.TakeWhile(word => word != "--").Any(word => word is "--help" or "-help" or "-h");
}
