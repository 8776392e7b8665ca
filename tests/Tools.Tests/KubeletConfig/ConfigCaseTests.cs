// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tests.Doctor;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.KubeletConfig;

/// <summary>Each user of the model decides each case in the same way.</summary>
public sealed class ConfigCaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private const string NoGates = "";

    public static TheoryData<string, string, string?> Cases => ConfigCases.All();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_model_names_the_kubelets_that_start_and_the_first_error(
        string text,
        string validFor,
        string? problem
    )
    {
        var config = ProviderConfig.Parse("f", [("f", text)], KubeletMinors.None);
        Assert.Equal(validFor, config.ValidFor.ToString());
        Assert.Equal(problem, Behind("f", config.ErrorsFor(KubeletMinors.V134).FirstOrDefault()));
        Assert.DoesNotContain("planted", string.Concat(config.Errors.Select(e => e.Line)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Doctor_fails_for_what_the_kubelet_refuses(string text, string validFor, string? problem)
    {
        using var node = new NodeTree();
        node.Write(NodeTree.ConfigPath, text);
        var answer = await node.CheckAsync("CP003", "--kubelet-version=1.34.0");
        Assert.Equal("fail", answer.Outcome);
        var first = answer.Summary.Split(" (and ")[0];
        Assert.Equal(
            problem is null
                ? "no provider is named \"crio-credential-provider\""
                : NodeTree.ConfigPath + Separated(problem),
            first.Replace(" (kubelet 1.34, 1.35 and newer)", "", StringComparison.Ordinal)
        );
        _ = validFor;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_merge_refuses_what_the_kubelet_refuses(string text, string validFor, string? problem)
    {
        _ = validFor;
        var (exitCode, stdout, stderr) = await MergeAsync(text);
        if (problem is null)
        {
            Assert.Equal((0, ""), (exitCode, stderr));
            var merged = ProviderConfig.Parse("f", [("f", stdout)], KubeletMinors.None);
            Assert.Equal(KubeletMinors.From134, merged.ValidFor);
            Assert.Equal(2, merged.Providers.Count);
            Assert.Equal(
                Values(ProviderConfig.Parse("f", [("f", text)], KubeletMinors.None).Providers[0]),
                Values(merged.Providers[0])
            );
            Assert.Equal(OwnProvider.Name, merged.Providers[1].Name);
        }
        else
        {
            Assert.Equal((3, ""), (exitCode, stdout));
            Assert.StartsWith(
                "crio-credential-provider: cannot merge into stdin" + Separated(problem),
                stderr.Replace(" (kubelet 1.34, 1.35 and newer)", "", StringComparison.Ordinal),
                StringComparison.Ordinal
            );
            Assert.EndsWith("; correct it first [CP802]\n", stderr, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("planted", stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("args: [!!binary aGk=]", "f:8:10: tags other than !!str are not supported")]
    [InlineData("args: !!seq [a]", "f:8:9: tags other than !!str are not supported")]
    public void What_is_not_supported_is_neither_valid_nor_an_error(string args, string problem)
    {
        var text = ConfigCases.Base.Replace("args: [a]", args, StringComparison.Ordinal);
        var e = Assert.Throws<Tools.NodeFacts.FactUnknownException>(() =>
            ProviderConfig.Parse("f", [("f", text)], KubeletMinors.None)
        );
        Assert.Equal(problem, e.Message);
    }

    [Fact]
    public void Nested_aliases_end_at_a_bound()
    {
        var text = new StringBuilder("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 9; i++)
        {
            text.Append(
                $"b{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, "
                    + $"*a{i - 1}]\n"
            );
        }

        var e = Assert.Throws<YamlTreeException>(() => YamlTree.Parse(text.ToString()));
        Assert.Equal(("its aliases expand to more than 100000 values", true), (e.Message, e.IsUnsupported));
    }

    [Fact]
    public void Every_error_of_a_file_is_reported_with_its_place_and_no_value_of_the_environment()
    {
        var config = ProviderConfig.Parse(
            "f",
            [
                (
                    "f",
                    """
                    apiVersion: kubelet.config.k8s.io/v1
                    kind: CredentialProviderConfig
                    extra: 1
                    providers:
                    - nmae: p
                      args: text
                      env:
                      - name: A
                        value: 4711
                      - valeu: planted-secret
                      - planted-secret
                    - no object
                    """
                ),
            ],
            KubeletMinors.None
        );
        Assert.Equal(
            [
                "f:3:1: unknown field \"extra\"",
                "f:5:3: unknown field \"nmae\"; did you mean \"name\"?",
                "f:6:9: \"args\" is not a list",
                "f:9:12: \"env.value\" is a number, not a string; put it in quotes",
                "f:10:5: unknown field \"valeu\"; did you mean \"value\"?",
                "f:11:5: an item of \"env\" is not an object with name and value",
                "f:12:3: a provider is not an object",
            ],
            config.Errors.Select(error => error.Line).Take(7)
        );
    }

    [Theory]
    [InlineData(NoGates, "V132, V133")]
    [InlineData("AllAlpha=true", "V132")]
    [InlineData("AllBeta=false", "All")]
    [InlineData("AllBeta=false,Gate=true", "V132")]
    [InlineData("Gate=false", "All")]
    public void Gates_decide_which_kubelets_give_tokens(string gates, string offIn)
    {
        var set = gates
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(gate => gate.Split('='))
            .ToDictionary(pair => pair[0] == "Gate" ? TokensGate.Name : pair[0], pair => pair[1] == "true");
        Assert.Equal(
            offIn,
            TokensGate.OffIn(set).ToString().Replace("Until133", "V132, V133", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_config_without_this_program_keeps_the_others_and_is_none_where_no_other_is_left()
    {
        var own = ConfigText.Of(new OwnProvider(["docker.io"], "aud"));
        Assert.Null(ConfigText.Without(ProviderConfig.Parse("f", [("f", own)], KubeletMinors.None)));
        var both = ConfigText.Of(
            new OwnProvider(["docker.io"], "aud"),
            ProviderConfig.Parse("f", [("f", ConfigCases.Base)], KubeletMinors.None)
        );
        var rest = ProviderConfig.Parse(
            "f",
            [("f", ConfigText.Without(ProviderConfig.Parse("f", [("f", both)], KubeletMinors.None))!)],
            KubeletMinors.None
        );
        Assert.Equal(("static", KubeletMinors.From134), (Assert.Single(rest.Providers).Name, rest.ValidFor));
    }

    [Fact]
    public void Every_value_of_the_own_entry_comes_back_as_it_was()
    {
        string[] odd =
        [
            "",
            " a",
            "0b1",
            "yes",
            "~",
            "a: b",
            "- x",
            "#",
            "a\nb",
            "'\"",
            "{}",
            "*a",
            "&a",
            "!x",
            "é\u2028",
            "1_000",
            "@",
            "`",
        ];
        var own = new OwnProvider([.. odd.Select((_, i) => $"r{i}.test")], "aud \"x\"")
        {
            Args = odd,
            Env = [.. odd.Select((value, i) => ($"N{i}", value))],
            AnnotationKeys = ["example.com/a"],
        };
        var config = ProviderConfig.Parse("f", [("f", ConfigText.Of(own))], KubeletMinors.None);
        Assert.Equal(KubeletMinors.From134, config.ValidFor);
        var read = Assert.Single(config.Providers);
        Assert.Equal(own.Args, read.Args);
        Assert.Equal(own.Env, read.Env);
        Assert.Equal(
            (own.Audience, "Token", (bool?)false),
            (read.Token!.Audience, read.Token.CacheType, read.Token.RequireServiceAccount)
        );
        Assert.Equal(own.AnnotationKeys, read.Token.OptionalAnnotations);
    }

    private static string? Behind(string file, ConfigError? error) =>
        error is null ? null : $"{error.Place[file.Length..].TrimStart(':')}: {error.Problem}";

    private static string Separated(string problem) => problem[0] == ':' ? problem : ":" + problem;

    private static string Values(Provider p) =>
        string.Join(
            '|',
            [
                p.Name,
                p.ApiVersion,
                p.DefaultCacheDuration,
                .. p.MatchImages,
                .. p.Args,
                .. p.Env.Select(e => $"{e.Name}={e.Value}"),
                p.Token?.ToString(),
            ]
        );

    private async Task<(int ExitCode, string Stdout, string Stderr)> MergeAsync(string text)
    {
        var conf = Path.Combine(folder, "registries.conf");
        await File.WriteAllTextAsync(conf, "registry=[{location=\"docker.io\", mirror=[{location=\"m.test\"}]}]");
        var (exitCode, stdout, stderr) = await InProcess.RunAsync(
            text,
            "generate",
            "kubelet-config",
            "--registries-conf",
            conf,
            "--registries-conf-dir",
            Path.Combine(folder, "none"),
            "--audience",
            "a",
            "--merge-into",
            "-"
        );
        return (exitCode, stdout, stderr);
    }
}
