using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>The kubelet's own rules, each with near misses.</summary>
public sealed class KubeletRulesTests
{
    [Theory]
    [InlineData("docker.io", "docker.io/library/nginx", true)]
    [InlineData("docker.io/library", "docker.io/library/nginx", true)]
    [InlineData("docker.io/lib", "docker.io/library/nginx", true)]
    [InlineData("docker.io/librarys", "docker.io/library/nginx", false)]
    [InlineData("docker.io/*", "docker.io/library/nginx", false)]
    [InlineData("*", "docker.io/library/nginx", false)]
    [InlineData("*", "localhost/x", true)]
    [InlineData("*.io", "docker.io/library/nginx", true)]
    [InlineData("*.*", "docker.io/library/nginx", true)]
    [InlineData("*.example.com", "a.example.com/x", true)]
    [InlineData("*.example.com", "a.b.example.com/x", false)]
    [InlineData("*.example.com", "example.com/x", false)]
    [InlineData("app*.example.com", "app7.example.com/x", true)]
    [InlineData("registry.test", "registry.test:5000/x", false)]
    [InlineData("registry.test:5000", "registry.test/x", false)]
    [InlineData("registry.test:5000", "registry.test:5000/x", true)]
    [InlineData("registry.test:500", "registry.test:5000/x", false)]
    [InlineData("registry.test:*", "registry.test:5000/x", null)]
    [InlineData("https://registry.test", "registry.test/x", false)]
    [InlineData("quay.io/", "quay.io/x", true)]
    [InlineData("quay.io.evil.test", "quay.io/x", false)]
    [InlineData("reg?.test", "reg1.test/x", false)]
    [InlineData("reg[12].test", "reg1.test/x", null)]
    [InlineData("[fd00::1]:5000", "[fd00::1]:5000/x", true)]
    [InlineData("[fd00::1]:5000", "[fd00::1]:5001/x", false)]
    [InlineData("[fd00::1]:5000", "[fd00::2]:5000/x", false)]
    [InlineData("*:5000", "[fd00::1]:5000/x", true)]
    [InlineData("[fd00::1]", "[fd00::1]/x", false)]
    public void Patterns_match_as_the_kubelet_matches_them(string pattern, string image, bool? expected)
    {
        var parsed = KubeletImagePattern.Parse(pattern, out var why);
        Assert.Equal(expected is null, why.Length > 0);
        Assert.Equal(expected, parsed?.Matches(KubeletImagePattern.Parse(image, out _)!));
    }

    [Theory]
    [InlineData("quay.io", null)]
    [InlineData("registry.test:5000/team", null)]
    [InlineData("*.example.com", null)]
    [InlineData("https://quay.io", "it has a scheme: write it without")]
    [InlineData("quay.io/*", "a path is compared letter by letter, as a prefix: globs work in the host only")]
    [InlineData("quay.io/team/app:v1", "images are compared without their tag")]
    [InlineData("quay.io/team/app@sha256", "a path is compared letter by letter, as a prefix: globs work in the host only")]
    [InlineData("reg?.test", "\"?\" and \"#\" end an address: use \"*\"")]
    [InlineData("quay.io/Team", "repositories are in lower case")]
    [InlineData("index.docker.io", "the kubelet writes Docker Hub as \"docker.io\"")]
    public void A_pattern_that_can_match_nothing_is_known(string pattern, string? why) =>
        Assert.Equal(why, KubeletImagePattern.WhyNever(pattern));

    [Theory]
    [InlineData("registry.test", "")]
    [InlineData("registry.test:", "")]
    [InlineData("[fd00::1]:5000", "")]
    [InlineData("a_b.test", "")]
    [InlineData("registry test", "\" \" cannot stand in a host")]
    [InlineData("registry.test:50x", "\":50x\" is no port")]
    [InlineData("[fd00::1", "\"]\" is missing in the host")]
    [InlineData("reg[0-9].test", "brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("[ab]:5000", "brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("[10.0.0.1]:5000", "brackets in a host are for IPv6 addresses only, since Go 1.24.8")]
    [InlineData("registry.test/%zz", "\"%\" does not begin an escape")]
    [InlineData("registry%41.test", "\"%\" cannot stand in a host")]
    [InlineData("a\nb", "it has a control character")]
    public void A_pattern_is_an_address_or_the_kubelet_does_not_start(string pattern, string why)
    {
        _ = KubeletImagePattern.Parse(pattern, out var problem);
        Assert.Equal(why, problem);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("0s", true)]
    [InlineData("1s", true)]
    [InlineData("1h30m", true)]
    [InlineData("1.5h", true)]
    [InlineData(".5s", true)]
    [InlineData("+1s", true)]
    [InlineData("-0s", true)]
    [InlineData("48h", true)]
    [InlineData("100ms", true)]
    [InlineData("5µs", true)]
    [InlineData("-1s", false)]
    [InlineData("1", false)]
    [InlineData("", false)]
    [InlineData("s", false)]
    [InlineData("1d", false)]
    [InlineData("1s ", false)]
    [InlineData("1.2.3s", false)]
    [InlineData(".s", false)]
    [InlineData("1S", false)]
    public void Durations_are_Gos(string text, bool expected) => Assert.Equal(expected, KubeletConfigValidator.IsDuration(text));

    [Theory]
    [InlineData("yes", "Boolean")]
    [InlineData("off", "Boolean")]
    [InlineData("True", "Boolean")]
    [InlineData("tRue", "Text")]
    [InlineData("~", "Null")]
    [InlineData("1", "Number")]
    [InlineData("-1_000", "Number")]
    [InlineData("0x1f", "Number")]
    [InlineData("1e3", "Number")]
    [InlineData(".5", "Number")]
    [InlineData(".inf", "Number")]
    [InlineData("1s", "Text")]
    [InlineData("1.2.3", "Text")]
    [InlineData("0xg", "Text")]
    [InlineData("--x", "Text")]
    public void Plain_scalars_have_the_types_of_YAML_1_1(string text, string type)
    {
        var map = (CrioCredentialProvider.Tools.Yaml.YamlMapping)KubeletYaml.Load("f", $"a: {text}\nb: '{text}'", out _, out _)!;
        Assert.Equal(type, KubeletYaml.TypeOf((CrioCredentialProvider.Tools.Yaml.YamlScalar)map.Find("a")!).ToString());
        Assert.Equal(KubeletScalarType.Text, KubeletYaml.TypeOf((CrioCredentialProvider.Tools.Yaml.YamlScalar)map.Find("b")!));
    }

    [Theory]
    [InlineData("required: [example.com/key]", true, null)]
    [InlineData("required: [Example.com/Key]", true, null)]
    [InlineData("required: [key]", true, null)]
    [InlineData("required: [example.com/key]", false, "\"requiredServiceAccountAnnotationKeys\" needs requireServiceAccount: true")]
    [InlineData("optional: [a/b/c]", true, "annotation key \"a/b/c\" is no qualified name, such as \"example.com/key\"")]
    [InlineData("optional: [-key]", true, "annotation key \"-key\" is no qualified name, such as \"example.com/key\"")]
    [InlineData("optional: [k, k]", true, "annotation key \"k\" stands twice")]
    [InlineData("required: [k], optional: [k]", true, "annotation key \"k\" is both required and optional")]
    public void Annotation_keys_are_qualified_and_unique(string keys, bool isRequired, string? problem)
    {
        var text =
            $$$"""
            {apiVersion: kubelet.config.k8s.io/v1, kind: CredentialProviderConfig, providers: [{name: p, matchImages: [a.io],
            defaultCacheDuration: 0s, apiVersion: credentialprovider.kubelet.k8s.io/v1, tokenAttributes: {cacheType: Token,
            serviceAccountTokenAudience: a, requireServiceAccount: {{{(isRequired ? "true" : "no")}}}, {{{keys}}} } } ] }
            """.Replace("required:", "requiredServiceAccountAnnotationKeys:", StringComparison.Ordinal)
                .Replace("optional:", "optionalServiceAccountAnnotationKeys:", StringComparison.Ordinal);
        var decoded = KubeletConfigDecoder.Decode("f", text);
        Assert.Equal([KubeletMinors.V133], decoded.Errors.Select(error => error.RefusedBy));
        Assert.Equal(
            problem is null ? [] : [problem],
            KubeletConfigValidator.Validate("f", decoded.Providers, KubeletMinors.None).Select(error => error.Problem));
    }

    [Theory]
    [InlineData("name: a/b", "name \"a/b\" must have no slash and no blank, and not be a dot or two")]
    [InlineData("name: 'a b'", "name \"a b\" must have no slash and no blank, and not be a dot or two")]
    [InlineData("name: ..", "name \"..\" must have no slash and no blank, and not be a dot or two")]
    [InlineData("name: ''", "\"name\" is missing")]
    [InlineData("name: a.b", null)]
    public void A_name_is_that_of_a_file(string name, string? problem)
    {
        var decoded = KubeletConfigDecoder.Decode(
            "f",
            $"apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n- {name}\n  matchImages: [a.io]\n  defaultCacheDuration: 0s\n  apiVersion: credentialprovider.kubelet.k8s.io/v1\n");
        Assert.Empty(decoded.Errors);
        Assert.Equal(
            problem is null ? [] : [problem],
            KubeletConfigValidator.Validate("f", decoded.Providers, KubeletMinors.None).Select(error => error.Problem));
    }

    [Fact]
    public void Every_error_of_a_file_is_told_with_its_place_and_no_value_of_the_environment()
    {
        var decoded = KubeletConfigDecoder.Decode(
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
            """);
        Assert.Equal(
            [
                "f:3:1: unknown field \"extra\"",
                "f:5:3: unknown field \"nmae\": did you mean \"name\"?",
                "f:6:9: \"args\" is not a list",
                "f:9:12: \"env.value\" is a number, not a string: put it in quotes",
                "f:10:5: unknown field \"valeu\": did you mean \"value\"?",
                "f:11:5: an item of \"env\" is not an object with name and value",
                "f:12:3: a provider is not an object",
            ],
            decoded.Errors.Select(error => error.Line));
    }

    [Theory]
    [InlineData("Kubernetes v1.34.1", "1.34.1")]
    [InlineData("\"1.31.10+0123abc\"", "1.31.10")]
    [InlineData("1:1.35.0-1.1", "1.35.0")]
    [InlineData("v1.36", "1.36.0")]
    [InlineData("crio version 1.34.3\nGitCommit: abc", "1.34.3")]
    [InlineData("unknown", null)]
    [InlineData("1", null)]
    public void A_version_is_found_in_what_programs_print(string text, string? version) =>
        Assert.Equal(version, ComponentVersion.TryFind(text, out var found) ? found.ToString() : null);
}
