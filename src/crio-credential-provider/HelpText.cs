using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.CommandLine;

/// <summary>The texts for people, made from <see cref="OptionTable"/> and <see cref="CommandTable"/>.</summary>
internal static class HelpText
{
    private const string Program = "crio-credential-provider";

    /// <summary>Printed on stderr when somebody starts the program at a terminal without arguments.</summary>
    public const string Short =
        """
        crio-credential-provider is started by the kubelet, which passes a request on stdin.
        usage: crio-credential-provider [OPTION...] < request.json
        See crio-credential-provider --help.

        """;

    public static string Full
    {
        get
        {
            var text = new StringBuilder(
                """
                crio-credential-provider: registry mirror credentials from a pod's namespace, for CRI-O

                usage: crio-credential-provider [OPTION...]
                       crio-credential-provider COMMAND [ARGUMENT...] [OPTION...]

                Reads one CredentialProviderRequest on stdin, as the kubelet passes it, writes the auth
                file that CRI-O takes for this pull, and answers on stdout. Each option can also be set
                by an environment variable: CRIO_CP_ and the option in capitals, with underscores.

                commands:

                """);
            AppendCommands(text, CommandTable.Commands);
            text.Append("\noptions:\n");
            AppendOptions(text, OptionTable.Options);
            return text.Append(
                """
                  --version, --version-json
                        print the version and end
                  --help
                        print this and end

                exit codes: 0 answered (also when there was nothing to do), 1 failed, 2 bad command line

                example, as the kubelet does it:
                  crio-credential-provider --auth-dir /tmp/auth < request.json

                """).ToString();
        }
    }

    /// <summary>The help of the last of these commands.</summary>
    /// <param name="path">From the outermost command to the innermost.</param>
    public static string For(IReadOnlyList<Command> path)
    {
        var command = path[^1];
        var words = string.Join(' ', path.Select(c => c.Name));
        var text = new StringBuilder($"{Program} {words}: {command.Summary}\n\nusage: {Usage(words, command)}\n\n{command.Description}\n");
        if (command.Subcommands.Count > 0)
        {
            text.Append("\ncommands:\n");
            AppendCommands(text, command.Subcommands);
        }

        if (command.Arguments.Count > 0)
        {
            text.Append("\narguments:\n");
            foreach (var argument in command.Arguments)
            {
                text.Append("  ").Append(argument.Name).Append("\n        ").Append(argument.Summary).Append('\n');
            }
        }

        text.Append("\noptions:\n");
        AppendOptions(text, command.Options);
        AppendOptions(text, command.Settings);
        text.Append("  --help\n        print this and end\n");
        text.Append($"\nexit codes: {ExitCodes(command)}\n");

        if (command.Examples.Count > 0)
        {
            text.Append(command.Examples.Count == 1 ? "\nexample:\n" : "\nexamples:\n");
            foreach (var example in command.Examples)
            {
                text.Append("  ").Append(example).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>What each exit code of the command means, in their order.</summary>
    public static string ExitCodes(Command command) =>
        string.Join(", ", command.ExitCodes.Append($"{ExitCode.Misused} bad command line").Order(StringComparer.Ordinal));

    /// <summary>The line behind <c>usage:</c>.</summary>
    /// <param name="words">The command's words.</param>
    /// <param name="command">The command.</param>
    public static string Usage(string words, Command command)
    {
        var usage = new StringBuilder($"{Program} {words}");
        if (command.Subcommands.Count > 0)
        {
            usage.Append(" COMMAND");
        }

        foreach (var argument in command.Arguments)
        {
            var name = argument.IsRepeatable ? argument.Name + "..." : argument.Name;
            usage.Append(argument.IsRequired ? $" {name}" : $" [{name}]");
        }

        return usage.Append(" [OPTION...]").ToString();
    }

    private static void AppendCommands(StringBuilder text, IReadOnlyList<Command> commands)
    {
        var width = commands.Max(command => command.Name.Length) + 2;
        foreach (var command in commands)
        {
            text.Append("  ").Append(command.Name.PadRight(width)).Append(command.Summary).Append('\n');
        }
    }

    private static void AppendOptions(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            text.Append("  --").Append(option.Flag);
            if (!option.IsSwitch)
            {
                text.Append(' ').Append(option.ValueName);
            }

            text.Append("\n        ").Append(option.Summary)
                .Append("\n        default: ").Append(option.Default).Append('\n');
        }
    }
}
