// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary>Parses the line of a command according to <see cref="CommandTable"/>. The kubelet's run does not use
/// it.</summary>
internal static class CommandParser
{
    /// <param name="args">The arguments; the first one is not a flag.</param>
    /// <param name="environment">Looks up an environment variable; null if it is not set.</param>
    public static Invocation Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var path = CommandTable.Find(args);
        string[] rest = [.. args.Skip(path.Count)];
        if (path.Count == 0)
        {
            return new Invocation.Misused(UnknownCommand(args[0], path), path);
        }

        if (CommandLineParser.AsksForHelp(rest))
        {
            return new Invocation.Help(path);
        }

        var command = path[^1];
        if (command.Run is null)
        {
            return new Invocation.Misused(
                rest.Length > 0
                    ? UnknownCommand(rest[0], path)
                    : $"command \"{Words(path)}\" needs one of: "
                        + $"{string.Join(", ", command.Subcommands.Select(c => c.Name))}",
                path
            );
        }

        var words = ParsedWords.Parse(rest, [.. command.Options, .. command.Settings]);
        var settings = new Settings();
        var problem = words.Problem
            ?? SettingsParser.ApplyEnvironment(settings, command.Settings, environment)
            ?? words.Apply(settings)
            ?? WrongArguments(command, words.Arguments);
        return problem is null
            ? new Invocation.Run(path, new CommandInput(settings, words))
            : new Invocation.Misused(problem, path);
    }

    /// <summary>Names the word, and the command that may have been meant.</summary>
    /// <param name="word">The word as typed.</param>
    /// <param name="path">The commands before it.</param>
    public static string UnknownCommand(string word, IReadOnlyList<Command> path)
    {
        var known = path.Count == 0 ? CommandTable.Commands : path[^1].Subcommands;
        return $"unknown command \"{OneLine.Of(word)}\"{NearestWord.Hint(word, known.Select(command => command.Name))}";
    }

    /// <summary>The commands as typed.</summary>
    public static string Words(IEnumerable<Command> path) => string.Join(' ', path.Select(command => command.Name));

    private static string? WrongArguments(Command command, IReadOnlyList<string> words)
    {
        var required = command.Arguments.Count(argument => argument.IsRequired);
        if (words.Count < required)
        {
            return $"argument {command.Arguments[words.Count].Name} is missing";
        }

        foreach (var (argument, word) in command.Arguments.Zip(words))
        {
            if (argument.Choices.Count > 0 && !argument.Choices.Contains(word))
            {
                return $"bad value \"{OneLine.Of(word)}\" of argument {argument.Name}: want "
                    + $"{Alternatives.Of(argument.Choices)}";
            }
        }

        return words.Count > command.Arguments.Count && !command.Arguments.Any(argument => argument.IsRepeatable)
            ? $"unexpected argument \"{OneLine.Of(words[command.Arguments.Count])}\""
            : null;
    }
}
