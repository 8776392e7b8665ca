using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class MergeIntoTests : IDisposable
{
    private const string Others =
        """
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
        File.WriteAllText(Path.Combine(folder, "registries.conf"), "registry=[{location=\"docker.io\", mirror=[{location=\"m.test\"}]}]");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Other_providers_are_kept_value_by_value_and_ours_is_appended()
    {
        var yaml = await MergeAsync(Others);
        Assert.Empty(KubeletRules.Problems(yaml));
        var providers = Providers(yaml);
        Assert.Equal(["ecr-credential-provider", "static", "crio-credential-provider"], providers.Select(provider => (string)provider["name"]!));
        Assert.Equal(Providers(Others), providers[..2]);
        Assert.DoesNotContain("platform's", yaml, StringComparison.Ordinal);
        Assert.Contains("# The other providers are those of the file that it was merged into; comments were not kept.\n", yaml, StringComparison.Ordinal);
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
        const string Json =
            """
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
            "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n- name: static\n  matchImages: [reg.test]\n"
            + "  defaultCacheDuration: 0s\n  apiVersion: credentialprovider.kubelet.k8s.io/v1\n  args: [a\u200bb]\n");
        Assert.Contains("- \"a\u200bb\"", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain(yaml.Split('\n'), line => line.Contains('\u200b') && !line.Contains('"'));
    }

    [Fact]
    public async Task Our_own_entry_is_made_anew_in_its_place_with_its_args_and_env()
    {
        const string Own =
            """
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
              # Not used: the program answers that nothing may be cached. The kubelet wants it all the same.
              defaultCacheDuration: 0s
              apiVersion: credentialprovider.kubelet.k8s.io/v1
              args:
              - --log-level
              - debug
              env:
              - name: CRIO_CP_TIMEOUT
                value: 10s
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
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: kubelet.config.k8s.io/v1beta1", "apiVersion: kubelet.config.k8s.io/v2", "line 2, column 1: apiVersion must be kubelet.config.k8s.io/v1alpha1 or kubelet.config.k8s.io/v1beta1 or kubelet.config.k8s.io/v1")]
    [InlineData("kind: CredentialProviderConfig", "kind: KubeletConfiguration", "line 2, column 1: kind must be CredentialProviderConfig")]
    [InlineData("kind: CredentialProviderConfig", "Kind: CredentialProviderConfig", "line 3, column 1: the config has an unknown field \"Kind\" (\"kind\"?)")]
    [InlineData("providers:", "provider:", "line 4, column 1: the config has an unknown field \"provider\" (\"providers\"?)")]
    [InlineData("name: static", "name: ecr-credential-provider", "line 19, column 3: the name \"ecr-credential-provider\" stands twice")]
    [InlineData("name: static", "name: bin/static", "line 19, column 3: the name \"bin/static\" must be a file name without blanks")]
    [InlineData("name: static", "name: ..", "line 19, column 3: the name \"..\" must be a file name without blanks")]
    [InlineData("name: static", "name: ''", "line 19, column 3: a provider needs a name")]
    [InlineData("name: static", "name: 5", "line 19, column 9: name must be a string")]
    [InlineData("name: static", "name: static\n  name: static", "line 20, column 3: name stands twice")]
    [InlineData("name: static", "name: static\n  matchImage: []", "line 20, column 3: a provider has an unknown field \"matchImage\" (\"matchImages\"?)")]
    [InlineData("\n  - reg.test:5000", " []", "line 19, column 3: matchImages of provider \"static\" is missing or empty")]
    [InlineData("- reg.test:5000", "- reg.test:port", "line 19, column 3: \"reg.test:port\" in matchImages of provider \"static\" is no address: \":port\" is no port")]
    [InlineData("- reg.test:5000", "- reg[0-9].test", "line 19, column 3: \"reg[0-9].test\" in matchImages of provider \"static\" is no address: brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("- reg.test:5000", "- '[ab]:5000'", "line 19, column 3: \"[ab]:5000\" in matchImages of provider \"static\" is no address: brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("- reg.test:5000", "- reg test", "line 19, column 3: \"reg test\" in matchImages of provider \"static\" is no address: \" \" cannot stand in a host")]
    [InlineData("- reg.test:5000", "- reg.test/a%zz", "line 19, column 3: \"reg.test/a%zz\" in matchImages of provider \"static\" is no address: \"%\" does not begin an escape")]
    [InlineData("- reg.test:5000", "- planted@reg.test:port", "line 19, column 3: \"***@reg.test:port\" in matchImages of provider \"static\" is no address: \":port\" is no port")]
    [InlineData("- reg.test:5000", "- 5000", "line 21, column 5: matchImages must have strings only")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0", "line 22, column 25: defaultCacheDuration must be a string")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: -1s", "line 19, column 3: defaultCacheDuration of provider \"static\" must be a duration such as \"0s\"")]
    [InlineData("defaultCacheDuration: 0s", "args: []", "line 19, column 3: defaultCacheDuration of provider \"static\" must be a duration such as \"0s\"")]
    [InlineData("apiVersion: credentialprovider.kubelet.k8s.io/v1beta1", "args: x", "line 19, column 3: apiVersion must be credentialprovider.kubelet.k8s.io/v1alpha1 or credentialprovider.kubelet.k8s.io/v1beta1 or credentialprovider.kubelet.k8s.io/v1")]
    [InlineData("{name: AWS_PROFILE, value", "{name: AWS_PROFILE, valu", "line 18, column 27: a variable of provider \"ecr-credential-provider\" has an unknown field \"valu\" (\"value\"?)")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {}", "line 23, column 20: serviceAccountTokenAudience is missing or empty")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Pod, requireServiceAccount: true}", "line 23, column 20: cacheType must be Token or ServiceAccount")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token}", "line 23, column 20: requireServiceAccount is missing, or neither true nor false")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: 'true'}", "line 23, column 20: requireServiceAccount is missing, or neither true nor false")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: true}", "line 23, column 20: tokenAttributes of provider \"static\" need apiVersion credentialprovider.kubelet.k8s.io/v1")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: false, requiredServiceAccountAnnotationKeys: [a]}", "line 23, column 20: requiredServiceAccountAnnotationKeys need requireServiceAccount: true")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: true, requiredServiceAccountAnnotationKeys: [a], optionalServiceAccountAnnotationKeys: [a]}", "line 23, column 20: the annotation key \"a\" stands twice")]
    [InlineData("defaultCacheDuration: 0s", "defaultCacheDuration: 0s\n  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: true, optionalServiceAccountAnnotationKeys: [a/b/c]}", "line 23, column 20: \"a/b/c\" is no annotation key")]
    [InlineData("- get-credentials", "- &a get-credentials\n    - *a", "line 10, column 7: anchors and aliases are not taken")]
    [InlineData("- name: static", "---\n- name: static", "it has 2 YAML documents instead of one")]
    [InlineData("- name: static", "- [name", "line 20, column 14: it is not YAML")]
    public async Task What_would_keep_the_kubelet_from_starting_is_refused(string good, string bad, string problem)
    {
        Assert.Contains(good, Others, StringComparison.Ordinal);
        var at = Write(Others.Replace(good, bad, StringComparison.Ordinal));
        var (exitCode, stdout, stderr) = await InProcess.RunAsync("", Line(at));
        Assert.Equal(
            new CommandResult(3, "", $"provider config \"{at}\" cannot be merged into: {problem}; correct it first [CP802]\n"),
            new CommandResult(exitCode, stdout, stderr));
        Assert.DoesNotContain("planted", stderr, StringComparison.Ordinal);
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
        var (was, now) = (KubeletRules.Root(Others.Replace(usual, other, StringComparison.Ordinal))["providers"][1], Providers(yaml).Single(provider => (string?)provider["name"] == "static"));
        Assert.Equal((string?)was["defaultCacheDuration"], (string?)now["defaultCacheDuration"]);
        Assert.Equal((string?)was["matchImages"][0], (string?)now["matchImages"][0]);
    }

    [Theory]
    [InlineData("", "it has 0 YAML documents instead of one")]
    [InlineData("# nothing\n", "it has 0 YAML documents instead of one")]
    [InlineData("planted secret", "line 1, column 1: the config is no mapping")]
    [InlineData("apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig", "it has no providers")]
    [InlineData("apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: []", "it has no providers")]
    [InlineData("apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: {}", "line 3, column 12: providers must be a list")]
    [InlineData("apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders: [planted]", "line 3, column 13: a provider is no mapping")]
    [InlineData("? [a]\n: b", "line 1, column 3: a key is not a text")]
    [InlineData("a: planted: b", "line 1, column 11: it is not YAML")]
    public async Task What_is_no_config_at_all_is_refused(string text, string problem)
    {
        var (exitCode, stdout, stderr) = await InProcess.RunAsync("", Line(Write(text)));
        Assert.Equal((3, ""), (exitCode, stdout));
        Assert.Contains($" cannot be merged into: {problem}; ", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_nesting_ends_in_a_line()
    {
        var (exitCode, _, stderr) = await InProcess.RunAsync("", Line(Write(new string('[', 100_000))));
        Assert.Equal(3, exitCode);
        Assert.Contains(" cannot be merged into: line 1, column 65: it is nested deeper than 64 levels; ", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_too_large_or_no_text_is_a_line()
    {
        var none = Path.Combine(folder, "none");
        Assert.Equal(
            new CommandResult(3, "", $"\"{none}\" cannot be used: there is no such file; check the path [CP801]\n"),
            await InProcess.RunAsync("", Line(none)));
        Assert.Equal(
            new CommandResult(3, "", $"\"{folder}\" cannot be used: it is a directory; name a file [CP801]\n"),
            await InProcess.RunAsync("", Line(folder)));
        var large = Write(new string('x', 4 * 1024 * 1024 + 1));
        Assert.Equal(
            new CommandResult(3, "", $"\"{large}\" cannot be used: it is larger than 4194304 bytes; check what it holds [CP801]\n"),
            await InProcess.RunAsync("", Line(large)));
        File.WriteAllBytes(large, [0xff, 0xfe]);
        Assert.Equal(
            new CommandResult(3, "", $"\"{large}\" cannot be used: it is not UTF-8; save it as UTF-8 [CP801]\n"),
            await InProcess.RunAsync("", Line(large)));
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
        "generate", "kubelet-config", "--registries-conf", Path.Combine(folder, "registries.conf"), "--registries-conf-dir",
        Path.Combine(folder, "none"), "--audience", "a", "--merge-into", file,
    ];
}
