// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary>The help texts, generated from <see cref="OptionTable"/> and <see cref="CommandTable"/>.</summary>
internal static class HelpText
{
    /// <summary>Wider lines are hard to read. This is also the width of output that does not go to a
    /// terminal.</summary>
    public const int MaximumWidth = 100;

    /// <summary>On a narrower terminal, the terminal itself wraps the lines.</summary>
    private const int MinimumWidth = 40;

    /// <summary>Printed on stderr if the program is started at a terminal without arguments.</summary>
    public const string Short = $"""
        {BuildInfo.Program} is started by the kubelet, which passes a request on stdin.
        usage: {BuildInfo.Program} [OPTION...] < request.json
        See {BuildInfo.Program} --help.
        """;

    /// <summary>The help of the last command of the path, or of the program.</summary>
    /// <param name="path">From the outermost command to the innermost; empty for the program.</param>
    /// <param name="columns">The terminal's width; null if there is no terminal.</param>
    public static string For(IReadOnlyList<Command> path, int? columns)
    {
        var text = new WrappedText(Math.Clamp(columns ?? MaximumWidth, MinimumWidth, MaximumWidth));
        if (path.Count == 0)
        {
            AppendProgram(text);
        }
        else
        {
            AppendCommand(text, path);
        }

        return text.ToString();
    }

    /// <summary>The meaning of each exit code of the command, in order.</summary>
    public static string ExitCodes(Command command) =>
        string.Join(
            ", ",
            command.ExitCodes.Append($"{ExitCode.Misused} bad command line").Order(StringComparer.Ordinal)
        );

    /// <summary>The command's synopsis, without the program's name.</summary>
    /// <param name="words">The command's words.</param>
    /// <param name="command">The command.</param>
    public static string Usage(string words, Command command) =>
        string.Join(
            ' ',
            [
                words,
                .. command.Subcommands.Count > 0 ? ["COMMAND"] : Array.Empty<string>(),
                .. command.Arguments.Select(argument =>
                    (argument.Name + (argument.IsRepeatable ? "..." : "")) switch
                    {
                        var name => argument.IsRequired ? name : $"[{name}]",
                    }
                ),
                "[OPTION...]",
            ]
        );

    /// <summary>Names the options that a command shares with the kubelet's run; empty if there are none.</summary>
    public static string Inherited(Command command) =>
        command.Settings.Count == 0
            ? ""
            : $"Also accepts {string.Join(", ", command.Settings.Select(setting => "--" + setting.Flag))}";

    private static void AppendProgram(WrappedText text)
    {
        text.Hanging(
            $"{BuildInfo.Program}:",
            "registry mirror credentials from a pod's namespace, for CRI-O",
            indent: 2
        );
        text.Line();
        text.Hanging("usage:", $"{BuildInfo.Program} [OPTION...] < request.json", indent: 7);
        text.Hanging("      ", $"{BuildInfo.Program} COMMAND [ARGUMENT...] [OPTION...]", indent: 7);
        text.Line();
        text.Paragraphs(
            """
            Reads one CredentialProviderRequest on stdin, as the kubelet passes it, writes the auth file that CRI-O
            takes for this pull, and answers on stdout. Each option can also be set by an environment variable:
            CRIO_CP_ and the option in capitals, with underscores.
            """
        );
        AppendCommands(text, CommandTable.Commands);
        text.Line("\nOptions:");
        AppendOptions(text, OptionTable.RunOptions);
        text.Line();
        text.Hanging(
            "Exit codes:",
            "0 answered (also if there was nothing to do), 1 failed, 2 bad command line",
            indent: 2
        );
        text.Line("\nExample, as the kubelet does it:");
        text.Command($"{BuildInfo.Program} --auth-dir /tmp/auth < request.json");
    }

    private static void AppendCommand(WrappedText text, IReadOnlyList<Command> path)
    {
        var command = path[^1];
        var words = CommandParser.Words(path);
        text.Hanging($"{BuildInfo.Program} {words}:", command.Summary, indent: 2);
        text.Line();
        text.Hanging("usage:", $"{BuildInfo.Program} {Usage(words, command)}", indent: 7);
        text.Line();
        text.Paragraphs(command.Description);
        if (command.Subcommands.Count > 0)
        {
            AppendCommands(text, command.Subcommands);
        }

        if (command.Arguments.Count > 0)
        {
            text.Line("\nArguments:");
            foreach (var argument in command.Arguments)
            {
                text.Term(argument.Name, argument.Summary);
            }
        }

        text.Line("\nOptions:");
        AppendOptions(text, command.Options);
        if (command.Settings.Count > 0)
        {
            text.Line();
            text.Hanging("", $"{Inherited(command)}: see {BuildInfo.Program} --help.", indent: 2);
        }

        text.Line();
        text.Hanging("Exit codes:", ExitCodes(command), indent: 2);
        if (command.Examples.Count > 0)
        {
            text.Line(command.Examples.Count == 1 ? "\nExample:" : "\nExamples:");
            foreach (var example in command.Examples)
            {
                text.Command(example);
            }
        }
    }

    private static void AppendCommands(WrappedText text, IReadOnlyList<Command> commands)
    {
        text.Line("\nCommands:");
        var column = commands.Max(command => command.Name.Length) + 4;
        foreach (var command in commands)
        {
            text.Term(command.Name, command.Summary, column);
        }
    }

    private static void AppendOptions(WrappedText text, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            var label = option.Letter is null ? "    " + option.Label : option.Label;
            var value = option.IsSwitch ? "" : " " + option.ValueName;
            var standard = option.IsSwitch && option.Default == "off" ? "" : $" (default: {option.Default})";
            text.Term(label + value, option.Summary + standard);
        }

        text.Term("-h, --help", "print this help");
    }
}
