// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class MergeIntoTests : IDisposable
{
    private const string Others = """
        # The platform's.
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: CredentialProviderConfig
        providers:
        - name: ecr-credential-provider # first
          matchImages: ["*.dkr.ecr.*.amazonaws.com", '*.dkr.ecr.*.amazonaws.com.cn', public.ecr.aws]
          defaultCacheDuration: "12h"
          apiVersion: credentialprovider.kubelet.k8s.io/v1
          args:
            - get-credentials
            - "true"
            - '8080'
            - "- x: [y] # no comment"
            - |-
              two
              lines
          env:
            - {name: AWS_PROFILE, value: "planted: secret"}
        - name: static
          matchImages:
          - reg.test:5000
          defaultCacheDuration: 0s
          apiVersion: credentialprovider.kubelet.k8s.io/v1beta1
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public MergeIntoTests() =>
        File.WriteAllText(
            Path.Combine(folder, "registries.conf"),
            "registry=[{location=\"docker.io\", mirror=[{location=\"m.test\"}]}]"
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Other_providers_are_kept_value_by_value_and_ours_is_appended()
    {
        var yaml = await MergeAsync(Others);
        Assert.Empty(KubeletRules.Problems(yaml));
        var providers = Providers(yaml);
        Assert.Equal(
            ["ecr-credential-provider", "static", "crio-credential-provider"],
            providers.Select(provider => (string)provider["name"]!)
        );
        Assert.Equal(Providers(Others), providers[..2]);
        Assert.DoesNotContain("platform's", yaml, StringComparison.Ordinal);
        Assert.Contains(
            "# The other providers are those of the file that it was merged into; comments were not kept.\n",
            yaml,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_result_merged_into_itself_stays_as_it_is()
    {
        var once = await MergeAsync(Others);
        Assert.Equal(once, await MergeAsync(once));
    }

    [Fact]
    public async Task The_same_config_as_JSON_gives_the_same_result()
    {
        const string Json = """
            {"apiVersion": "kubelet.config.k8s.io/v1", "kind": "CredentialProviderConfig", "providers": [
              {"name": "static", "matchImages": ["reg.test:5000"], "defaultCacheDuration": "0s",
               "apiVersion": "credentialprovider.kubelet.k8s.io/v1", "args": ["1", "true", "\u00e9\n\u2028"]}]}
            """;
        var yaml = await MergeAsync(Json);
        Assert.Empty(KubeletRules.Problems(yaml));
        Assert.Equal(["1", "true", "é\n\u2028"], KubeletRules.Texts(Providers(yaml)[0], "args"));
        Assert.Equal(yaml, await MergeAsync(yaml));
    }

    [Fact]
    public async Task A_plain_value_that_some_readers_take_for_two_lines_gets_quotes()
    {
        var yaml = await MergeAsync(
            "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n- name: static\n  "
                + "matchImages: [reg.test]\n"
                + "  defaultCacheDuration: 0s\n  apiVersion: credentialprovider.kubelet.k8s.io/v1\n  args: [a\u200bb]\n"
        );
        Assert.Contains("- \"a\u200bb\"", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain(yaml.Split('\n'), line => line.Contains('\u200b') && !line.Contains('"'));
    }

    [Fact]
    public async Task Our_own_entry_is_replaced_in_its_position_with_its_args_and_env()
    {
        const string Own = """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
            - name: crio-credential-provider
              matchImages: [old.test]
              defaultCacheDuration: 1s
              apiVersion: credentialprovider.kubelet.k8s.io/v1
              args: [--log-level, debug]
              env:
              - name: CRIO_CP_TIMEOUT
                value: 10s
              tokenAttributes: {serviceAccountTokenAudience: old, cacheType: ServiceAccount, requireServiceAccount: true}
            - name: other
              matchImages: [other.test]
              defaultCacheDuration: 1s
              apiVersion: credentialprovider.kubelet.k8s.io/v1
            """;
        var yaml = await MergeAsync(Own);
        Assert.Empty(KubeletRules.Problems(yaml));
        Assert.EndsWith(
            """
            - name: crio-credential-provider
              matchImages:
              - docker.io
              # The kubelet requires a value, but never uses it, because every response of the program forbids caching.
              defaultCacheDuration: 0s
              apiVersion: credentialprovider.kubelet.k8s.io/v1
              args:
              - --log-level
              - debug
              env:
              - name: CRIO_CP_TIMEOUT
                value: "10s"
              tokenAttributes:
                serviceAccountTokenAudience: a
                cacheType: Token
                requireServiceAccount: false
            - name: other
              matchImages:
              - other.test
              defaultCacheDuration: 1s
              apiVersion: credentialprovider.kubelet.k8s.io/v1

            """,
            yaml,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_second_document_which_a_merge_would_lose_is_refused()
    {
        var at = Write(Others + "\n---\na: b\n");
        Assert.Equal(
            CommandResult.Ended(
                3,
                $"cannot merge into {at}: the kubelet reads only the first of its 2 documents; correct it first [CP802]"
            ),
            await InProcess.RunAsync("", Line(at))
        );
    }

    [Fact]
    public async Task The_first_of_several_errors_is_named_with_their_number()
    {
        var at = Write(Others.Replace("name: static", "name: 5\n  nmae: 6", StringComparison.Ordinal));
        Assert.Equal(
            CommandResult.Ended(
                3,
                $"cannot merge into {at}:19:9: \"name\" is a number, not a string; put it in quotes (and 1 more); "
                    + "correct it first [CP802]"
            ),
            await InProcess.RunAsync("", Line(at))
        );
    }

    /// <summary>What the kubelet's Go takes is kept as it is.</summary>
    [Theory]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 1.5h")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 36.5h")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 1h1m1.5s")]
    [InlineData("- reg.test:5000", "- '[::1]:5000/a%20b'")]
    public async Task What_the_kubelet_takes_is_merged_into(string usual, string other)
    {
        var yaml = await MergeAsync(Others.Replace(usual, other, StringComparison.Ordinal));
        Assert.Empty(KubeletRules.Problems(yaml));
        var (was, now) = (
            KubeletRules.Root(Others.Replace(usual, other, StringComparison.Ordinal))["providers"][1],
            Providers(yaml).Single(provider => (string?)provider["name"] == "static")
        );
        Assert.Equal((string?)was["defaultCacheDuration"], (string?)now["defaultCacheDuration"]);
        Assert.Equal((string?)was["matchImages"][0], (string?)now["matchImages"][0]);
    }

    [Theory]
    [InlineData("# nothing\n", ": the file has no object")]
    [InlineData("planted secret", ": the file has no object")]
    [InlineData("apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig", ": \"providers\" is empty")]
    [InlineData(
        "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: {}",
        ":3:12: \"providers\" is not a list"
    )]
    [InlineData(
        "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: [planted]",
        ":3:13: a provider is not an object"
    )]
    [InlineData("a: planted: b", ":1:11: it is not valid YAML")]
    public async Task What_is_not_a_config_at_all_is_rejected(string text, string problem)
    {
        var at = Write(text);
        var (exitCode, stdout, stderr) = await InProcess.RunAsync("", Line(at));
        Assert.Equal((3, ""), (exitCode, stdout));
        Assert.StartsWith(
            $"crio-credential-provider: cannot merge into {at}{problem}; ",
            stderr,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("planted", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_nesting_ends_in_a_line()
    {
        var at = Write(new string('[', 100_000));
        var (exitCode, _, stderr) = await InProcess.RunAsync("", Line(at));
        Assert.Equal(3, exitCode);
        Assert.StartsWith(
            $"crio-credential-provider: cannot merge into {at}:1:65: it is nested deeper than 64 levels; ",
            stderr,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_that_is_missing_too_large_or_no_text_is_a_line()
    {
        var none = Path.Combine(folder, "none");
        Assert.Equal(
            CommandResult.Ended(3, $"\"{none}\" cannot be used: there is no such file; check the path [CP801]"),
            await InProcess.RunAsync("", Line(none))
        );
        Assert.Equal(
            CommandResult.Ended(3, $"\"{folder}\" cannot be used: it is a directory; name a file [CP801]"),
            await InProcess.RunAsync("", Line(folder))
        );
        var large = Write(new string('x', 4 * 1024 * 1024 + 1));
        Assert.Equal(
            CommandResult.Ended(
                3,
                $"\"{large}\" cannot be used: it is larger than 4194304 bytes; check its content [CP801]"
            ),
            await InProcess.RunAsync("", Line(large))
        );
        File.WriteAllBytes(large, [0xff, 0xfe]);
        Assert.Equal(
            CommandResult.Ended(3, $"\"{large}\" cannot be used: it is not UTF-8; save it as UTF-8 [CP801]"),
            await InProcess.RunAsync("", Line(large))
        );
    }

    private static List<YamlNode> Providers(string yaml) => [.. (YamlSequenceNode)KubeletRules.Root(yaml)["providers"]];

    private async Task<string> MergeAsync(string text)
    {
        var at = Write(text);
        var yaml = await InProcess.PrintAsync(Line(at));
        Assert.Equal(text, await File.ReadAllTextAsync(at));
        return yaml;
    }

    private string Write(string text)
    {
        var at = Path.Combine(folder, "config.yaml");
        File.WriteAllText(at, text);
        return at;
    }

    private string[] Line(string file) =>
        [
            "generate",
            "kubelet-config",
            "--registries-conf",
            Path.Combine(folder, "registries.conf"),
            "--registries-conf-dir",
            Path.Combine(folder, "none"),
            "--audience",
            "a",
            "--merge-into",
            file,
        ];
}
