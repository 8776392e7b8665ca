// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tests.Generate;

/// <summary>The three scripts are run by their shells: what the tabulator key would offer.</summary>
public sealed class CompletionTests : IDisposable
{
    private const string BashScript = """
        source "$1"
        shift
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _crio_credential_provider
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    /// <summary>A shell on a pseudo terminal, into which each line is typed; its compadd tells each
    /// candidate.</summary>
    private const string ZshScript = """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PROMPT= ; fpath=(${(q)1} \$fpath); source ${(q)1}/inner.zsh"
        zpty -r -m shell seen '*READY*'
        shift
        for line; do
            zpty -w -n shell $'\C-u'"$line"$'\t'
            zpty -r -m shell seen '*END>*'
            print -r -- "$seen"
        done
        zpty -d shell
        """;

    private const string ZshInnerScript = """
        stty -echo
        unset zle_bracketed_paste
        autoload -Uz compinit
        compinit -u -D
        compadd() {
            if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
                builtin compadd "$@"
                return
            fi
            local -a hits
            local hit
            builtin compadd -A hits "$@"
            for hit in $hits; do print; print -r -- "HIT:$hit"; done
            builtin compadd "$@"
        }
        report() { zle complete-word; print -r -- '<END>' }
        zle -N report
        bindkey '^I' report
        print REA''DY
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public CompletionTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "files", "directory"));
        File.WriteAllText(Path.Combine(folder, "files", "a file"), "");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, string> Lines =>
        new()
        {
            { "gener", "generate" },
            { "nonsense", "" },
            { "--log", "--log-level" },
            { "--log-level ", "debug error info warning" },
            { "--log-level w", "warning" },
            { "--auth-dir FILES/", "directory/" },
            { "--timeout ", "" },
            { "--kubeconfig FILES/a", "a file" },
            { "help gener", "generate" },
            { "generate ", "completion kubelet-config machine-config man rbac systemd-drop-in" },
            { "generate r", "rbac" },
            { "generate completion ", "bash fish zsh" },
            { "generate completion b", "bash" },
            { "generate man --", "--force --help --output" },
            { "generate rbac --n", "--namespace --node" },
            { "generate man -o FILES/", "a file directory/" },
            { "generate rbac --node --s", "--secret --service-account" },
            { "generate rbac --secret a --sec", "--secret" },
            { "generate kubelet-config --pro", "--profile" },
            { "generate kubelet-config --profile ", "hypershift kubeadm openshift" },
            { "generate kubelet-config --profile o", "openshift" },
            { "generate kubelet-config --merge-into FILES/", "a file directory/" },
            { "generate kubelet-config --registries-conf-dir FILES/", "directory/" },
            { "generate systemd-drop-in --bin-dir FILES/", "directory/" },
            { "version --output ", "json text" },
            { "version -o ", "json text" },
            { "completion ", "bash fish zsh" },
            { "doctor --check CP001 --chec", "--check" },
            { "version --output json --h", "--help" },
            { "version gener", "" },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Bash_offers_what_may_follow(string line, string expected)
    {
        Assert.Equal(Named(expected), Bash(line.Split(' ')));
        var value = line.LastIndexOf(' ');
        if (
            value > 0
            && line.AsSpan(0, value).TrimEnd().ToString().Split(' ')[^1].StartsWith("--", StringComparison.Ordinal)
        )
        {
            // Readline hands --flag=value over in three words.
            Assert.Equal(
                Named(expected),
                Bash([
                    .. line[..value].Split(' '),
                    "=",
                    .. line[(value + 1)..] is "" ? Array.Empty<string>() : [line[(value + 1)..]],
                ])
            );
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Fish_offers_what_may_follow(string line, string expected)
    {
        Write("script.fish", CompletionOf("fish"));
        var (exitCode, stdout, stderr) = InProcess.Execute(
            "fish",
            "--no-config",
            "-c",
            "source $argv[1]; complete -C \"crio-credential-provider $argv[2]\"",
            Path.Combine(folder, "script.fish"),
            Typed(line)
        );
        Assert.Equal((0, ""), (exitCode, stderr));

        // Fish also offers flags by a part of their name; a file in the current form of the word.
        var wanted = line.Split(' ')[^1];
        var words = stdout
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(offer => offer.Split('\t')[0])
            .Where(word =>
                !wanted.StartsWith("--", StringComparison.Ordinal) || word.StartsWith(wanted, StringComparison.Ordinal)
            );
        Assert.Equal(Named(expected), Offered(words));
    }

    [Fact]
    public void Zsh_offers_what_may_follow()
    {
        Write("_crio-credential-provider", CompletionOf("zsh"));
        Write("inner.zsh", ZshInnerScript);
        Write("outer.zsh", ZshScript);
        var (exitCode, stdout, stderr) = InProcess.Execute(
            "zsh",
            [
                "-f",
                Path.Combine(folder, "outer.zsh"),
                folder,
                .. Lines.Select(row => "crio-credential-provider " + Typed(row.Data.Item1)),
            ]
        );
        Assert.Equal((0, ""), (exitCode, stderr));

        var offers = stdout
            .Split("<END>")[..^1]
            .Select(typed =>
                Offered(
                    typed
                        .Split('\n')
                        .Select(row => row.TrimEnd('\r'))
                        .Where(row => row.StartsWith("HIT:", StringComparison.Ordinal))
                        .Select(row => row[4..].TrimEnd('='))
                )
            );
        Assert.Equal(
            Lines.Select(row =>
                $"{row.Data.Item1}: {string.Join(", ", Named(row.Data.Item2).Select(name => name.TrimEnd('/')))}"
            ),
            Lines.Zip(offers, (row, offered) =>
                $"{row.Data.Item1}: {string.Join(", ", offered.Select(name => name.TrimEnd('/')))}"
            )
        );
    }

    [Theory]
    [InlineData("bash", "bash", "-n")]
    [InlineData("zsh", "zsh", "-n")]
    [InlineData("fish", "fish", "-n")]
    public void Each_script_is_good_syntax(string shell, params string[] check)
    {
        Write("script", CompletionOf(shell));
        Assert.Equal(
            new CommandResult(0, "", ""),
            InProcess.Execute(check[0], [.. check[1..], Path.Combine(folder, "script")])
        );
    }

    [Fact]
    public void Each_command_and_option_of_the_tables_is_offered()
    {
        Assert.Equal(Sorted(CommandTable.Commands.Select(command => command.Name)), Bash([""]));
        Assert.Equal(
            Sorted(
                OptionTable
                    .Options.Select(option => "--" + option.Flag)
                    .Concat(["--help", "--version", "--version-json"])
            ),
            Bash(["--"])
        );
        foreach (
            var path in CommandTable.Commands.SelectMany(command =>
                command.Subcommands.Select(sub => new[] { command, sub }).Prepend([command])
            )
        )
        {
            var flags = path[^1]
                .Options.Concat<Option>(path[^1].Settings)
                .Select(option => "--" + option.Flag)
                .Append("--help");
            Assert.Equal(Sorted(flags), Bash([.. path.Select(command => command.Name), "--"]));
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task The_command_at_top_level_prints_the_same_script(string shell) =>
        Assert.Equal(CompletionOf(shell), await InProcess.PrintAsync("completion", shell));

    [Theory]
    [InlineData("", "argument SHELL is missing")]
    [InlineData("tcsh", "bad value \"tcsh\" of argument SHELL: want bash, zsh or fish")]
    [InlineData("bash zsh", "unexpected argument \"zsh\"")]
    public async Task Another_shell_is_misuse(string arguments, string line) =>
        Assert.Equal(
            CommandResult.Misused("generate completion", line),
            await InProcess.RunAsync(
                "",
                ["generate", "completion", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
            )
        );

    private static string CompletionOf(string shell) => InProcess.PrintAsync("generate", "completion", shell).Result;

    private static IEnumerable<string> Sorted(IEnumerable<string> words) => words.Order(StringComparer.Ordinal);

    /// <summary>Expected words; "a file" is one of them.</summary>
    private static List<string> Named(string expected) =>
        [
            .. Sorted(
                expected
                    .Replace("a file", "a\u00a0file", StringComparison.Ordinal)
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(word => word.Replace('\u00a0', ' '))
            ),
        ];

    /// <summary>Candidates without the folder, and without the shell's quoting.</summary>
    private List<string> Offered(IEnumerable<string> words) =>
        [
            .. Sorted(
                words
                    .Select(word =>
                        word.Replace("\\ ", " ", StringComparison.Ordinal)
                            .Replace(Path.Combine(folder, "files") + "/", "", StringComparison.Ordinal)
                    )
                    .Distinct()
            ),
        ];

    private List<string> Bash(string[] words)
    {
        Write("script.bash", CompletionOf("bash"));
        var (exitCode, stdout, stderr) = InProcess.Execute(
            "bash",
            [
                "--norc",
                "-c",
                BashScript,
                "bash",
                Path.Combine(folder, "script.bash"),
                "crio-credential-provider",
                .. words.Select(Typed),
            ]
        );
        Assert.Equal((0, ""), (exitCode, stderr));

        // Readline itself adds the slash of a directory.
        return Offered(
            stdout
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => Directory.Exists(word) ? word + "/" : word)
        );
    }

    private string Typed(string line) => line.Replace("FILES", Path.Combine(folder, "files"), StringComparison.Ordinal);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
