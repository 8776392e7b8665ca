using System.CommandLine;
using System.CommandLine.Parsing;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;
using Command = CrioCredentialProvider.Tools.Commands.Command;

namespace CrioCredentialProvider.CommandLine;

/// <summary>
/// Parses the line of a command by <see cref="CommandTable"/>, with System.CommandLine. The kubelet's run never comes
/// here (docs/adr/0012).
/// </summary>
internal static class CommandParser
{
    /// <param name="args">The first one is no flag.</param>
    /// <param name="settings">With the environment's values already in it.</param>
    public static Invocation Parse(IReadOnlyList<string> args, Settings settings)
    {
        var path = CommandTable.Find(args);
        if (path.Count == 0)
        {
            return new Invocation.Misused(UnknownCommand(args[0], []));
        }

        var command = path[^1];
        var rest = args.Skip(path.Count).ToArray();
        if (rest.TakeWhile(word => word != "--").Any(word => word is "--help" or "-h"))
        {
            return new Invocation.Print(HelpText.For(path));
        }

        if (command.Run is null)
        {
            return new Invocation.Misused(rest.Length > 0
                ? UnknownCommand(rest[0], path)
                : $"command \"{Words(path)}\" needs one of: {string.Join(", ", command.Subcommands.Select(c => c.Name))}; see {Help(path)}");
        }

        return Parse(path, rest, settings);
    }

    /// <summary>One line that names the word and what may have been meant.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="path">The commands in front of it.</param>
    public static string UnknownCommand(string word, IReadOnlyList<Command> path)
    {
        var known = path.Count == 0 ? CommandTable.Commands : path[^1].Subcommands;
        return $"unknown command \"{OneLine.Of(word)}\"{NearestWord.Hint(word, known.Select(command => command.Name), Help(path))}";
    }

    private static Invocation Parse(IReadOnlyList<Command> path, string[] rest, Settings settings)
    {
        var command = path[^1];
        var root = new RootCommand();
        root.Options.Clear();
        Dictionary<Options.Option, Option<string[]>> options = [];
        foreach (var option in command.Options.Concat<Options.Option>(command.Settings))
        {
            options[option] = new Option<string[]>("--" + option.Flag)
            {
                Arity = option.IsSwitch ? ArgumentArity.Zero : ArgumentArity.ZeroOrMore,
                AllowMultipleArgumentsPerToken = false,
            };
            root.Options.Add(options[option]);
        }

        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        root.Arguments.Add(words);
        var result = root.Parse(rest, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        return Check(path, result, options, result.GetValue(words) ?? [], rest, settings) is { } problem
            ? new Invocation.Misused(problem)
            : new Invocation.Run(command, new CommandInput(
                settings,
                result.GetValue(words) ?? [],
                options.Where(pair => result.GetResult(pair.Value) is not null)
                    .ToDictionary(pair => pair.Key.Flag, pair => (IReadOnlyList<string>)(result.GetValue(pair.Value) ?? []))));
    }

    /// <summary>Finds what is wrong with the line, and applies the settings.</summary>
    private static string? Check(
        IReadOnlyList<Command> path,
        ParseResult result,
        Dictionary<Options.Option, Option<string[]>> options,
        string[] words,
        string[] rest,
        Settings settings)
    {
        var command = path[^1];
        var help = Help(path);
        var isLiteral = Array.IndexOf(rest, "--");
        var literal = isLiteral < 0 ? [] : rest[(isLiteral + 1)..];
        if (words.FirstOrDefault(word => word.Length > 1 && word[0] == '-' && !literal.Contains(word)) is { } flag)
        {
            var name = flag.Split('=')[0];
            return $"unknown flag \"{OneLine.Of(name)}\"{NearestWord.Hint(name, options.Keys.Select(option => "--" + option.Flag), help)}";
        }

        foreach (var (option, parsed) in options)
        {
            if (result.GetResult(parsed) is not { Implicit: false } given)
            {
                continue;
            }

            if (!option.IsSwitch && given.Tokens.Count < given.IdentifierTokenCount)
            {
                return $"flag --{option.Flag} needs a value: {option.ValueName}; see {help}";
            }

            foreach (var value in given.Tokens.Select(token => token.Value))
            {
                var wanted = option switch
                {
                    SettingOption setting => setting.Apply(settings, value),
                    CommandOption { Choices.Count: > 0 } choice when !choice.Offers(value) =>
                        $"want {choice.ChoicesInShort ?? OneOf(choice.Choices)}",
                    CommandOption own => own.Check(value),
                    _ => null,
                };
                if (wanted is not null)
                {
                    return $"bad value \"{OneLine.Of(value)}\" of flag --{option.Flag}: {wanted}; see {help}";
                }
            }

            if (option.IsSwitch && option is SettingOption on)
            {
                _ = on.Apply(settings, "true");
            }
        }

        if (result.Errors.Count > 0)
        {
            return $"{OneLine.Of(result.Errors[0].Message)}; see {help}";
        }

        var required = command.Arguments.Where(argument => argument.IsRequired).ToArray();
        if (words.Length < required.Length)
        {
            return $"argument {required[words.Length].Name} is missing; see {help}";
        }

        foreach (var (argument, word) in command.Arguments.Zip(words))
        {
            if (argument.Choices.Count > 0 && !argument.Choices.Contains(word))
            {
                return $"bad value \"{OneLine.Of(word)}\" of argument {argument.Name}: want {OneOf(argument.Choices)}; see {help}";
            }
        }

        return words.Length > command.Arguments.Count && !command.Arguments.Any(argument => argument.IsRepeatable)
            ? $"unexpected argument \"{OneLine.Of(words[command.Arguments.Count])}\"; see {help}"
            : null;
    }

    private static string OneOf(IReadOnlyList<string> choices) =>
        choices.Count == 1 ? choices[0] : $"{string.Join(", ", choices.SkipLast(1))} or {choices[^1]}";

    private static string Help(IReadOnlyList<Command> path) => path.Count == 0 ? "--help" : Words(path) + " --help";

    private static string Words(IEnumerable<Command> path) => string.Join(' ', path.Select(command => command.Name));
}
