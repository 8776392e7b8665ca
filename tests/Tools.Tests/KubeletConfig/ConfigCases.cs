// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tests.KubeletConfig;

/// <summary>
/// Provider configs and what kubelets make of them: one table for every user of the model (doctor, generate, rollout).
/// </summary>
internal static class ConfigCases
{
    /// <summary>Where a case puts its change; line and column of errors count from its first line.</summary>
    public const string Base = """
        apiVersion: kubelet.config.k8s.io/v1
        kind: CredentialProviderConfig
        providers:
        - name: static
          matchImages: [reg.test]
          defaultCacheDuration: 0s
          apiVersion: credentialprovider.kubelet.k8s.io/v1
          args: [a]
          tokenAttributes:
            serviceAccountTokenAudience: aud
            cacheType: Token
            requireServiceAccount: true

        """;

    private const KubeletMinors None = KubeletMinors.None;
    private const KubeletMinors From134 = KubeletMinors.From134;

    /// <summary>Old text, new text, the kubelets that start with it, and the first error of kubelet 1.34.</summary>
    private static readonly (string Old, string New, KubeletMinors ValidFor, string? Problem)[] Changes =
    [
        ("", "", From134, null),
        // What a plain scalar becomes (go.yaml.in/yaml/v2 resolve.go).
        ("args: [a]", "args: [1_000]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [.inf]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [-.INF]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [0x1F]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [0o17]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [017]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [1e3]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [1.]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [Off]", None, "8:10: \"args\" is a boolean, not a string; put it in quotes"),
        ("args: [a]", "args: [y]", None, "8:10: \"args\" is a boolean, not a string; put it in quotes"),
        ("args: [a]", "args: [oN]", From134, null),
        ("args: [a]", "args: [2026-01-02]", From134, null),
        ("args: [a]", "args: [1e999]", From134, null),
        ("args: [a]", "args: [0x]", From134, null),
        ("args: [a]", "args: [1_000s]", From134, null),
        ("args: [a]", "args: ['1_000', \".inf\"]", From134, null),
        ("args: [a]", "args: [~]", From134, null),
        ("args: [a]", "args: ~", From134, null),
        ("args: [a]", "args: !!str 1", None, "8:9: \"args\" is not a list"),
        ("args: [a]", "args: [!!str 1]", From134, null),
        ("args: [a]", "args: [[a]]", None, "8:10: \"args\" is not a string"),
        ("args: [a]", "args: a", None, "8:9: \"args\" is not a list"),
        ("name: static", "name: 0b1", None, "4:9: \"name\" is a number, not a string; put it in quotes"),
        ("name: static", "name: yes", None, "4:9: \"name\" is a boolean, not a string; put it in quotes"),
        ("name: static", "name: '0b1'", From134, null),
        ("requireServiceAccount: true", "requireServiceAccount: True", From134, null),
        ("requireServiceAccount: true", "requireServiceAccount: off", From134, null),
        (
            "requireServiceAccount: true",
            "requireServiceAccount: 1",
            None,
            "12:28: \"requireServiceAccount\" is not true or false"
        ),
        (
            "requireServiceAccount: true",
            "requireServiceAccount: 'true'",
            None,
            "12:28: \"requireServiceAccount\" is not true or false"
        ),
        (
            "requireServiceAccount: true",
            "requireServiceAccount: ~",
            None,
            "9:3: \"tokenAttributes.requireServiceAccount\" is missing; set it to true or false"
        ),
        (
            "defaultCacheDuration: 0s",
            "defaultCacheDuration: 0",
            None,
            "6:25: \"defaultCacheDuration\" is a number, not a string; put it in quotes"
        ),
        // Strict decoding.
        ("name: static", "Name: static", None, "4:3: unknown field \"Name\"; did you mean \"name\"?"),
        ("name: static", "name: static\n  name: static", None, "5:3: field \"name\" is set twice"),
        ("kind: Cred", "Kind: Cred", None, "2:1: unknown field \"Kind\"; did you mean \"kind\"?"),
        ("providers:", "provider:", None, "3:1: unknown field \"provider\"; did you mean \"providers\"?"),
        ("args: [a]", "env: [{name: A, valu: b}]", None, "8:19: unknown field \"valu\"; did you mean \"value\"?"),
        (
            "args: [a]",
            "env: [{name: A, value: 5}]",
            None,
            "8:26: \"env.value\" is a number, not a string; put it in quotes"
        ),
        ("args: [a]", "env: [{name: A}, {}]", From134, null),
        ("args: [a]", "env: [A]", None, "8:9: an item of \"env\" is not an object with name and value"),
        (
            "cacheType: Token",
            "cachetype: Token",
            None,
            "11:5: unknown field \"cachetype\"; did you mean \"cacheType\"?"
        ),
        ("args: [a]", "? [a]\n  : b", None, "8:5: a key is not a scalar"),
        // Versions of the config.
        (
            "kubelet.config.k8s.io/v1",
            "kubelet.config.k8s.io/v1beta1",
            None,
            "9:3: unknown field \"tokenAttributes\": only kubelet.config.k8s.io/v1 has it, not "
                + "kubelet.config.k8s.io/v1beta1"
        ),
        (
            "kubelet.config.k8s.io/v1",
            "kubelet.config.k8s.io/v1alpha1",
            None,
            "9:3: unknown field \"tokenAttributes\": only kubelet.config.k8s.io/v1 has it, not "
                + "kubelet.config.k8s.io/v1alpha1"
        ),
        (
            "kubelet.config.k8s.io/v1",
            "kubelet.config.k8s.io/v2",
            None,
            "1:1: apiVersion \"kubelet.config.k8s.io/v2\" is not one of kubelet.config.k8s.io/v1, "
                + "kubelet.config.k8s.io/v1beta1, kubelet.config.k8s.io/v1alpha1"
        ),
        (
            "kind: CredentialProviderConfig",
            "kind: KubeletConfiguration",
            None,
            "1:1: kind \"KubeletConfiguration\" is not CredentialProviderConfig"
        ),
        // The rules of the kubelet's validation.
        ("name: static", "name: bin/static", None, "4:3: name \"bin/static\" is not a file name without spaces"),
        ("name: static", "name: a b", None, "4:3: name \"a b\" is not a file name without spaces"),
        ("name: static", "name: ..", None, "4:3: name \"..\" is not a file name without spaces"),
        ("name: static", "name: ''", None, "4:3: \"name\" is missing"),
        ("matchImages: [reg.test]", "matchImages: []", None, "5:3: \"matchImages\" is empty"),
        (
            "matchImages: [reg.test]",
            "matchImages: ['reg.test:port']",
            None,
            "5:3: matchImages \"reg.test:port\" is not an address: \":port\" is not a port"
        ),
        (
            "matchImages: [reg.test]",
            "matchImages: ['planted@reg.test:port']",
            None,
            "5:3: matchImages \"***@reg.test:port\" is not an address: \":port\" is not a port"
        ),
        ("matchImages: [reg.test]", "matchImages: ['[::1]:5000/a%20b']", From134, null),
        (
            "defaultCacheDuration: 0s",
            "defaultCacheDuration: -1s",
            None,
            "6:3: defaultCacheDuration \"-1s\" is not a duration of zero or more, such as \"0s\""
        ),
        ("defaultCacheDuration: 0s", "defaultCacheDuration: 1h1m1.5s", From134, null),
        ("defaultCacheDuration: 0s", "defaultCacheDuration: 36.5h", From134, null),
        ("  defaultCacheDuration: 0s\n", "", None, "4: \"defaultCacheDuration\" is missing; set it to \"0s\""),
        (
            "apiVersion: credentialprovider.kubelet.k8s.io/v1",
            "apiVersion: credentialprovider.kubelet.k8s.io/v1beta1",
            None,
            "9:3: \"tokenAttributes\" needs apiVersion credentialprovider.kubelet.k8s.io/v1"
        ),
        (
            "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n",
            "",
            None,
            "4: \"apiVersion\" is missing; set it to credentialprovider.kubelet.k8s.io/v1"
        ),
        (
            "    cacheType: Token\n",
            "",
            KubeletMinors.V133,
            "9:3: \"tokenAttributes.cacheType\" is missing; set it to Token or ServiceAccount"
        ),
        ("cacheType: Token", "cacheType: Pod", None, "9:3: cacheType \"Pod\" is not Token or ServiceAccount"),
        (
            "serviceAccountTokenAudience: aud",
            "serviceAccountTokenAudience: ''",
            None,
            "9:3: \"tokenAttributes.serviceAccountTokenAudience\" is missing"
        ),
        (
            "requireServiceAccount: true",
            "requireServiceAccount: true\n    requiredServiceAccountAnnotationKeys: [k]\n    "
                + "optionalServiceAccountAnnotationKeys: [k]",
            None,
            "9:3: annotation key \"k\" is both required and optional"
        ),
        (
            "requireServiceAccount: true",
            "requireServiceAccount: no\n    requiredServiceAccountAnnotationKeys: [k]",
            None,
            "9:3: \"requiredServiceAccountAnnotationKeys\" needs requireServiceAccount: true"
        ),
        (
            "requireServiceAccount: true",
            "requireServiceAccount: yes\n    optionalServiceAccountAnnotationKeys: [a/b/c]",
            None,
            "9:3: annotation key \"a/b/c\" is not a qualified name such as \"example.com/key\""
        ),
        // Anchors, which YAML has and JSON has not.
        ("args: [a]", "args: [&a a, *a]", From134, null),
        ("args: [a]", "args: [&a 5, *a]", None, "8:10: \"args\" is a number, not a string; put it in quotes"),
        ("args: [a]", "args: [*a]", None, "8:10: it is not valid YAML: the alias has no anchor before it"),
    ];

    public static TheoryData<string, string, string?> All()
    {
        TheoryData<string, string, string?> data = [];
        foreach (var (old, replacement, validFor, problem) in Changes)
        {
            Assert.Contains(old, Base, StringComparison.Ordinal);
            data.Add(
                old.Length == 0 ? Base : Base.Replace(old, replacement, StringComparison.Ordinal),
                validFor.ToString(),
                problem
            );
        }

        const string Tokens =
            "  tokenAttributes:\n    serviceAccountTokenAudience: aud\n    cacheType: Token\n    "
            + "requireServiceAccount: true\n";
        var old132 = Base.Replace(Tokens, "", StringComparison.Ordinal);
        data.Add(old132, KubeletMinors.All.ToString(), null);
        data.Add(
            old132.Replace("kubelet.config.k8s.io/v1\n", "kubelet.config.k8s.io/v1beta1\n", StringComparison.Ordinal),
            KubeletMinors.All.ToString(),
            null
        );
        data.Add(Json("\"a\""), KubeletMinors.All.ToString(), null);
        data.Add(
            Json("1"),
            None.ToString(),
            $"1:{Json("1").IndexOf("[1]", StringComparison.Ordinal) + 2}: \"args\" is a number, not a string; put it "
                + "in quotes"
        );
        data.Add(
            Json("\"a\",").Replace("\"", "", StringComparison.Ordinal),
            None.ToString(),
            "1:2: it begins with a brace, so the kubelet parses it as JSON, but it is not valid JSON"
        );
        data.Add(
            Json("\"a\"") + "{}",
            None.ToString(),
            $"1:{Json("\"a\"").Length + 1}: it begins with a brace, so the kubelet parses it as JSON, but it is not "
                + "valid JSON"
        );
        data.Add("", None.ToString(), ": the file has no object");
        data.Add("---\n---\n" + Base, None.ToString(), ": the file has no object");
        data.Add("[]", None.ToString(), ": the file has no object");
        data.Add("a: planted: b", None.ToString(), "1:11: it is not valid YAML");
        data.Add(Base[..Base.IndexOf("- name", StringComparison.Ordinal)], None.ToString(), ": \"providers\" is empty");
        data.Add(
            Base + Base[Base.IndexOf("- name", StringComparison.Ordinal)..],
            None.ToString(),
            "13:3: a second provider is named \"static\""
        );
        return data;
    }

    private static string Json(string args) =>
        "{\"apiVersion\": \"kubelet.config.k8s.io/v1\", \"kind\": \"CredentialProviderConfig\", \"providers\": "
        + "[{\"name\": \"static\", "
        + "\"matchImages\": [\"reg.test\"], \"defaultCacheDuration\": \"0s\", \"apiVersion\": "
        + "\"credentialprovider.kubelet.k8s.io/v1\", "
        + $"\"args\": [{args}]}}]}}";
}
