// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tests.CommandLine;

public sealed class CommandLineParserTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public void Without_arguments_the_defaults_of_the_design_hold() =>
        Assert.Equal(
            new Settings
            {
                RegistriesConf = null,
                RegistriesConfDir = null,
                AuthDir = "/etc/crio/auth",
                KubeletAuthFile = "/var/lib/kubelet/config.json",
                ApiServer = null,
                ApiServerEnvFile = "/etc/kubernetes/apiserver-url.env",
                Kubeconfig = null,
                CertificateAuthority = null,
                TlsServerName = null,
                InsecureSkipTlsVerify = false,
                Timeout = TimeSpan.FromSeconds(20),
                HandOverTimeout = TimeSpan.FromSeconds(10),
                KubeletRootDir = null,
                AccessRecord = true,
                RunDir = "/run/crio-credential-provider",
                LogLevel = Priority.Info,
                JournalSocket = "/run/systemd/journal/socket",
            },
            Provided([], NoVariables)
        );

    public static TheoryData<string, string, object> EachOption =>
        new()
        {
            {
                "registries-conf",
                "/x",
                new Settings { RegistriesConf = "/x" }
            },
            {
                "registries-conf-dir",
                "/x",
                new Settings { RegistriesConfDir = "/x" }
            },
            {
                "auth-dir",
                "/x",
                new Settings { AuthDir = "/x" }
            },
            {
                "kubelet-auth-file",
                "/x",
                new Settings { KubeletAuthFile = "/x" }
            },
            {
                "api-server",
                "[::1]:6443",
                new Settings { ApiServer = "[::1]:6443" }
            },
            {
                "api-server-env-file",
                "/x",
                new Settings { ApiServerEnvFile = "/x" }
            },
            {
                "kubeconfig",
                "/x",
                new Settings { Kubeconfig = "/x" }
            },
            {
                "certificate-authority",
                "/x",
                new Settings { CertificateAuthority = "/x" }
            },
            {
                "tls-server-name",
                "k",
                new Settings { TlsServerName = "k" }
            },
            {
                "insecure-skip-tls-verify",
                "true",
                new Settings { InsecureSkipTlsVerify = true }
            },
            {
                "timeout",
                "1.5s",
                new Settings { Timeout = TimeSpan.FromSeconds(1.5) }
            },
            {
                "hand-over-timeout",
                "0s",
                new Settings { HandOverTimeout = TimeSpan.Zero }
            },
            {
                "kubelet-root-dir",
                "/x",
                new Settings { KubeletRootDir = "/x" }
            },
            {
                "access-record",
                "false",
                new Settings { AccessRecord = false }
            },
            {
                "run-dir",
                "/x",
                new Settings { RunDir = "/x" }
            },
            {
                "max-list-size",
                "1MiB",
                new Settings { MaxListSize = 1 << 20 }
            },
            {
                "log-level",
                "debug",
                new Settings { LogLevel = Priority.Debug }
            },
            {
                "journal-socket",
                "/x",
                new Settings { JournalSocket = "/x" }
            },
        };

    [Theory]
    [MemberData(nameof(EachOption))]
    public void Each_option_is_a_flag_in_two_forms_and_a_variable(string flag, string value, object expected)
    {
        var variable = "CRIO_CP_" + flag.ToUpperInvariant().Replace('-', '_');
        Assert.Equal<object>(expected, Provided([$"--{flag}={value}"], NoVariables));
        Assert.Equal<object>(expected, Provided([], new() { [variable] = value }));
        if (flag != "insecure-skip-tls-verify")
        {
            Assert.Equal<object>(expected, Provided([$"--{flag}", value], NoVariables));
        }
        else
        {
            Assert.Equal<object>(expected, Provided([$"--{flag}"], NoVariables));
        }
    }

    [Fact]
    public void The_table_of_each_option_is_complete() =>
        Assert.Equal(OptionTable.Options.Select(option => option.Flag), EachOption.Select(row => row.Data.Item1));

    [Fact]
    public void A_flag_wins_over_its_variable() =>
        Assert.Equal("/flag", Provided(["--auth-dir=/flag"], new() { ["CRIO_CP_AUTH_DIR"] = "/variable" }).AuthDir);

    [Fact]
    public void An_empty_variable_counts_as_unset() =>
        Assert.Equal("/etc/crio/auth", Provided([], new() { ["CRIO_CP_AUTH_DIR"] = "" }).AuthDir);

    [Theory]
    [InlineData("--auth-dirs=/x", "unknown flag \"--auth-dirs\"; did you mean \"--auth-dir\"?")]
    [InlineData("-auth-dir=/x", "unknown flag \"-auth-dir\"; did you mean \"--auth-dir\"?")]
    [InlineData("--=x", "unknown flag \"--\"")]
    [InlineData("get-credentials", "unknown command \"get-credentials\"")]
    [InlineData("--auth-dir", "flag --auth-dir needs a value: DIR")]
    [InlineData("--auth-dir=", "bad value \"\" of flag --auth-dir: want a path")]
    [InlineData("--timeout=20", "bad value \"20\" of flag --timeout: want a duration up to 50s such as \"20s\"")]
    [InlineData("--timeout=0s", "bad value \"0s\" of flag --timeout: want a duration up to 50s such as \"20s\"")]
    [InlineData("--timeout=51s", "bad value \"51s\" of flag --timeout: want a duration up to 50s such as \"20s\"")]
    [InlineData("--timeout=-1s", "bad value \"-1s\" of flag --timeout: want a duration up to 50s such as \"20s\"")]
    [InlineData(
        "--hand-over-timeout=soon",
        "bad value \"soon\" of flag --hand-over-timeout: want a duration up to 1m such as \"10s\", or \"0s\""
    )]
    [InlineData("--log-level=trace", "bad value \"trace\" of flag --log-level: want debug, info, warning or error")]
    [InlineData(
        "--insecure-skip-tls-verify=yes",
        "bad value \"yes\" of flag --insecure-skip-tls-verify: want true or false"
    )]
    public void Misuse_is_one_line_that_names_it(string argument, string line) =>
        Assert.Equal(line, Assert.IsType<Invocation.Misused>(Parse([argument], NoVariables)).Problem);

    [Fact]
    public void A_word_after_flags_is_not_a_command() =>
        Assert.Equal(
            new Invocation.Misused("unexpected argument \"version\"", []),
            Parse(["--auth-dir=/x", "version"], NoVariables)
        );

    [Fact]
    public void A_bad_variable_is_named() =>
        Assert.Equal(
            new Invocation.Misused(
                "bad value \"loud\" of environment variable CRIO_CP_LOG_LEVEL: want debug, info, warning or error",
                []
            ),
            Parse([], new() { ["CRIO_CP_LOG_LEVEL"] = "loud" })
        );

    /// <summary>All forms that Go's flag package takes: a kubelet's config of the Go original may hold them.</summary>
    [Theory]
    [InlineData("--version", "text")]
    [InlineData("-version", "text")]
    [InlineData("--version=true", "text")]
    [InlineData("-version=true", "text")]
    [InlineData("-version=T", "text")]
    [InlineData("--version=1", "text")]
    [InlineData("--version-json", "json")]
    [InlineData("-version-json=TRUE", "json")]
    [InlineData("--version=false --version-json", "json")]
    [InlineData("--version=false", null)]
    [InlineData("-version=f", null)]
    [InlineData("--version-json=false", null)]
    [InlineData("--version --version=False", null)]
    [InlineData("--version=0 --auth-dir=/x", null)]
    public void The_version_switches_are_taken_as_Go_takes_them(string line, string? printed)
    {
        var invocation = Parse(line.Split(' '), NoVariables);
        if (printed is null)
        {
            _ = Assert.IsType<Invocation.Provide>(invocation);
        }
        else
        {
            Assert.Equal(
                printed == "json" ? VersionText.Json : VersionText.Text,
                Assert.IsType<Invocation.Print>(invocation).Text
            );
        }
    }

    [Theory]
    [InlineData("--version=yes", "bad value \"yes\" of flag --version: want true or false")]
    [InlineData("--version-json=", "bad value \"\" of flag --version-json: want true or false")]
    [InlineData("--version --auth-dirs", "unknown flag \"--auth-dirs\"; did you mean \"--auth-dir\"?")]
    public void Another_value_of_a_version_switch_or_a_bad_flag_beside_it_is_misuse(string line, string problem) =>
        Assert.Equal(new Invocation.Misused(problem, []), Parse(line.Split(' '), NoVariables));

    [Fact]
    public void A_variable_that_begins_like_ours_and_is_none_is_named_with_the_nearest_one() =>
        Assert.Equal(
            [
                "environment variable \"CRIO_CP_TIMOUT\" is unknown and has no effect; did you mean "
                    + "\"CRIO_CP_TIMEOUT\"?",
                "environment variable \"CRIO_CP_\" is unknown and has no effect",
                "environment variable \"CRIO_CP_VERSION\" is unknown and has no effect",
            ],
            SettingsParser.UnknownVariables([
                "PATH",
                "CRIO_CP_TIMEOUT",
                "CRIO_CP_TIMOUT",
                "crio_cp_x",
                "CRIO_CP_",
                "CRIO_CP_VERSION",
            ])
        );

    [Theory]
    [InlineData("20s", 20)]
    [InlineData("1m", 60)]
    [InlineData("1m30s", 90)]
    [InlineData("500ms", 0.5)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData(".5h", 1800)]
    [InlineData("250us", 0.00025)]
    public void Durations_are_written_as_in_Go(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1")]
    [InlineData("1x")]
    [InlineData("1s2")]
    [InlineData("1..5s")]
    [InlineData("-1s")]
    [InlineData(" 1s")]
    [InlineData("99999999999999999999h")]
    public void Other_durations_are_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    private static Invocation Parse(string[] args, Dictionary<string, string> variables) =>
        CommandLineParser.Parse(args, variables.GetValueOrDefault);

    private static Settings Provided(string[] args, Dictionary<string, string> variables) =>
        Assert.IsType<Invocation.Provide>(Parse(args, variables)).Settings;
}
