// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using KubernetesApiStandIn;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class KubeletConfigTests : IDisposable
{
    private const string RegistriesConf = """
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "localhost:5000"

        [[registry]]
        prefix = "*.example.com"
        [[registry.mirror]]
        location = "m.test/example"

        [[registry]]
        prefix = "quay.io:8443/team"
        location = "real.test/team"

        [[registry]]
        location = "plain.test"
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_config_is_valid_and_says_what_a_reader_must_know() =>
        Assert.Equal(
            $"""
            # CredentialProviderConfig for kubelet 1.34 or newer, made by "crio-credential-provider generate kubelet-config".
            # The kubelet reads it only at its start, and does not start if it is invalid.
            # matchImages: from {At("registries.conf")}
            # "*.example.com": in registries.conf it covers hosts of any depth and with any port, for the kubelet
            # each * is one label and there is no port. Add "*.*.example.com" or "*.example.com:PORT" where pods need it.
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
            - name: crio-credential-provider
              matchImages:
              - "*.example.com"
              - docker.io
              - quay.io:8443/team
              # The kubelet requires a value, but never uses it, because every response of the program forbids caching.
              defaultCacheDuration: 0s
              apiVersion: credentialprovider.kubelet.k8s.io/v1
              tokenAttributes:
                # The audience is kubeadm's default issuer for the DNS domain cluster.local; check yours with
                # kubectl get --raw /.well-known/openid-configuration
                serviceAccountTokenAudience: https://kubernetes.default.svc.cluster.local
                cacheType: Token
                requireServiceAccount: false

            """,
            await ConfigAsync()
        );

    [Theory]
    [InlineData("", "https://kubernetes.default.svc.cluster.local")]
    [InlineData("--profile kubeadm", "https://kubernetes.default.svc.cluster.local")]
    [InlineData("--profile openshift", "https://kubernetes.default.svc")]
    [InlineData("--profile hypershift", "https://kubernetes.default.svc")]
    [InlineData("--profile openshift --audience https://a.test", "https://a.test")]
    [InlineData("--audience true", "true")]
    [InlineData("--audience \"q", "\"q")]
    [InlineData("--audience a:#\\", "a:#\\")]
    public async Task The_audience_is_the_given_one_or_the_profiles(string options, string audience)
    {
        var yaml = await ConfigAsync(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(KubeletRules.Problems(yaml));
        Assert.Equal(audience, Own(yaml)["tokenAttributes"]["serviceAccountTokenAudience"]);
    }

    [Fact]
    public async Task A_token_names_the_issuer_and_is_never_printed()
    {
        var token = Token.For("team-a", audience: "https://kubernetes.default.svc");
        Write("token", token + "\n");
        var yaml = await ConfigAsync("--token-file", At("token"));
        Assert.Equal("https://kubernetes.default.svc", Own(yaml)["tokenAttributes"]["serviceAccountTokenAudience"]);
        Assert.Contains(
            "    # The audience is the issuer of the given token.\n    serviceAccount",
            yaml,
            StringComparison.Ordinal
        );
        AssertNothingOf(token, yaml);

        var fromStdin = await InProcess.RunAsync(token, Line("--token-file", "-"));
        Assert.Equal(new CommandResult(0, yaml, ""), fromStdin);
    }

    [Fact]
    public async Task A_token_for_another_audience_than_its_issuer_is_a_remark()
    {
        Write("token", Token.For("team-a", audience: "https://oidc.test"));
        Assert.Contains(
            """
                # The audience is the issuer of the given token.
                # The token's own audience is "https://oidc.test". If the token was created without
                # --audience, the API server accepts that audience; set it here with --audience.
                serviceAccountTokenAudience: https://kubernetes.default.svc

            """,
            await ConfigAsync("--token-file", At("token")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "planted-secret",
        "the service account token is not a JWT of three parts; pass what \"kubectl create token\" prints [CP201]"
    )]
    [InlineData(
        "planted.secret.x",
        "the service account token's claims are not base64url of a JSON object; pass what \"kubectl create token\" "
            + "prints [CP201]"
    )]
    public async Task A_malformed_token_is_a_line_that_does_not_quote_it(string text, string line)
    {
        Write("token", text);
        Assert.Equal(CommandResult.Ended(3, line), await InProcess.RunAsync("", Line("--token-file", At("token"))));
    }

    [Fact]
    public async Task An_audience_that_means_all_audiences_is_rejected()
    {
        Write("token", Token.For("team-a", issuer: "*"));
        Assert.Equal(
            CommandResult.Ended(
                3,
                "the service account token's issuer is \"*\", which as an audience means all audiences; give --audience [CP201]"
            ),
            await InProcess.RunAsync("", Line("--token-file", At("token")))
        );
        Assert.Equal(
            CommandResult.Misused(
                "generate kubelet-config",
                "bad value \"*\" of flag --audience: want an audience such as "
                    + "\"https://kubernetes.default.svc.cluster.local\""
            ),
            await InProcess.RunAsync("", Line("--audience", "*"))
        );
    }

    [Fact]
    public async Task Each_image_below_a_mirrored_prefix_starts_the_provider_and_no_other_does()
    {
        var patterns = KubeletRules.Texts(Own(await ConfigAsync()), "matchImages");
        var file = RegistriesConfParser.Parse("registries.conf", RegistriesConf, isDropIn: false);
        var conf = new RegistriesConf("registries.conf", true, file.Registries, [], file.Aliases);
        foreach (
            var image in new[]
            {
                "docker.io/library/nginx",
                "docker.io/team/app",
                "a.example.com/x/y",
                "quay.io:8443/team/app",
                "plain.test/x",
                "example.com/x",
                "quay.io/team/app",
                "quay.io:8443/other/app",
            }
        )
        {
            Assert.Equal(
                (image, PullSourceResolver.Resolve(conf, RepositoryName.OfLocation(image)).HasMirrorOrRemap),
                (image, patterns.Exists(pattern => KubeletRules.Matches(pattern, image)))
            );
        }
    }

    [Fact]
    public async Task The_annotation_that_names_secrets_is_passed_when_asked_for()
    {
        var yaml = await ConfigAsync("--annotations");
        Assert.Empty(KubeletRules.Problems(yaml));
        Assert.Equal(
            ["crio-credential-provider/pull-secrets"],
            KubeletRules.Texts(Own(yaml)["tokenAttributes"], "optionalServiceAccountAnnotationKeys")
        );
        Assert.DoesNotContain("Annotation", await ConfigAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_ins_count_and_the_output_is_the_same_each_time()
    {
        Write("registries.conf.d/z.conf", "registry=[{location=\"a.test\", mirror=[{location=\"m.test\"}]}]");
        var yaml = await ConfigAsync();
        Assert.Equal(
            ["*.example.com", "a.test", "docker.io", "quay.io:8443/team"],
            KubeletRules.Texts(Own(yaml), "matchImages")
        );
        Assert.Equal(yaml, await ConfigAsync());
    }

    [Fact]
    public async Task Without_a_mirror_there_is_no_config_and_the_exit_code_is_1()
    {
        Write("registries.conf", "registry=[{location=\"quay.io\"}]");
        Assert.Equal(
            CommandResult.Ended(
                1,
                $"no registry in \"{At("registries.conf")}\" or its drop-ins has a mirror or another location that the "
                    + "kubelet could match: matchImages would be empty, and the kubelet would not start"
            ),
            await InProcess.RunAsync("", Line("")[..^1])
        );
    }

    /// <summary>The file may be a copy from another node. A home folder stands for this machine here.</summary>
    [Fact]
    public async Task With_a_named_file_alone_no_drop_in_is_read_and_what_was_read_is_listed()
    {
        Write("registries.conf", "registry=[{location=\"a.test\", mirror=[{location=\"m.test\"}]}]");
        Write(
            ".config/containers/registries.conf.d/own.conf",
            "registry=[{location=\"own.test\", mirror=[{location=\"m.test\"}]}]"
        );
        var copy = await AtHomeAsync("--registries-conf", At("registries.conf"));
        Assert.Equal(["a.test"], KubeletRules.Texts(Own(copy), "matchImages"));
        Assert.Contains($"\n# matchImages: from {At("registries.conf")}\n", copy, StringComparison.Ordinal);

        var both = await AtHomeAsync(
            "--registries-conf",
            At("registries.conf"),
            "--registries-conf-dir",
            At(".config/containers/registries.conf.d")
        );
        Assert.Equal(["a.test", "own.test"], KubeletRules.Texts(Own(both), "matchImages"));
        var dropIn = At(".config/containers/registries.conf.d/own.conf");
        Assert.Contains($"\n# matchImages: from {At("registries.conf")}, {dropIn}\n", both, StringComparison.Ordinal);

        // Without a named file they are the node's own.
        Assert.Contains("own.test", KubeletRules.Texts(Own(await AtHomeAsync()), "matchImages"));

        async Task<string> AtHomeAsync(params string[] options)
        {
            var run = await InProcess.RunAsync(["generate", "kubelet-config", .. options], node =>
                node with
                {
                    Environment = name => name == "HOME" ? folder : null,
                }
            );
            Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
            return run.Stdout;
        }
    }

    [Fact]
    public async Task A_name_without_a_file_is_reported_even_if_drop_ins_exist()
    {
        Write("registries.conf.d/z.conf", "unqualified-search-registries=[\"docker.io\"]");
        Assert.Equal(
            CommandResult.Ended(
                3,
                $"registries.conf \"{At("registries.con")}\" (--registries-conf) does not exist, and CRI-O rejects "
                    + "such a path; correct the path, or leave the option out [CP304]"
            ),
            await InProcess.RunAsync(
                "",
                "generate",
                "kubelet-config",
                "--registries-conf",
                At("registries.con"),
                "--registries-conf-dir",
                At("registries.conf.d")
            )
        );
    }

    [Fact]
    public async Task Without_registries_conf_or_with_a_bad_one_the_exit_code_is_3()
    {
        Assert.Equal(
            CommandResult.Ended(
                3,
                $"registries.conf \"{At("none")}\" (--registries-conf) does not exist, and CRI-O rejects such a path; "
                    + "correct the path, or leave the option out [CP304]"
            ),
            await InProcess.RunAsync(
                "",
                "generate",
                "kubelet-config",
                "--registries-conf",
                At("none"),
                "--registries-conf-dir",
                At("registries.conf.d")
            )
        );
        Write("registries.conf", "registry=[{location=\"http://quay.io\"}]");
        var (exitCode, stdout, stderr) = await InProcess.RunAsync("", Line());
        Assert.Equal((3, ""), (exitCode, stdout));
        Assert.Contains("[CP302]", stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--profile kind", "bad value \"kind\" of flag --profile: want kubeadm, openshift or hypershift")]
    [InlineData("--profil kubeadm", "unknown flag \"--profil\"; did you mean \"--profile\"?")]
    [InlineData("--anotations", "unknown flag \"--anotations\"; did you mean \"--annotations\"?")]
    [InlineData(
        "--audience=",
        "bad value \"\" of flag --audience: want an audience such as \"https://kubernetes.default.svc.cluster.local\""
    )]
    [InlineData(
        "--audience=a\tb",
        "bad value \"a?b\" of flag --audience: want an audience such as "
            + "\"https://kubernetes.default.svc.cluster.local\""
    )]
    [InlineData("--audience a --token-file b", "give --audience or --token-file, not both")]
    [InlineData("--token-file - --merge-into -", "only one of --token-file and --merge-into can be stdin")]
    [InlineData("--merge-into", "flag --merge-into needs a value: FILE")]
    [InlineData("now", "unexpected argument \"now\"")]
    public async Task Misuse_is_one_line_and_exit_code_2(string options, string line) =>
        Assert.Equal(
            CommandResult.Misused("generate kubelet-config", line),
            await InProcess.RunAsync("", Line(options.Split(' ')))
        );

    private static YamlNode Own(string yaml) =>
        Assert.Single((YamlSequenceNode)KubeletRules.Root(yaml)["providers"], provider =>
            (string)provider["name"]! == "crio-credential-provider"
        );

    private static void AssertNothingOf(string token, string text) =>
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, text, StringComparison.Ordinal));

    private Task<string> ConfigAsync(params IEnumerable<string> options) => InProcess.PrintAsync(Line(options));

    private string[] Line(params IEnumerable<string> options)
    {
        if (!File.Exists(At("registries.conf")))
        {
            Write("registries.conf", RegistriesConf);
        }

        return
        [
            "generate",
            "kubelet-config",
            "--registries-conf",
            At("registries.conf"),
            "--registries-conf-dir",
            At("registries.conf.d"),
            .. options,
        ];
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }
}
