// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Generate;

/// <summary>
/// The kubelet's own rules, written down a second time from their source and independently of the program: the strict
/// decoding and validation of its config (kubernetes pkg/credentialprovider/plugin config.go) and what a pattern
/// matches (pkg/credentialprovider keyring.go URLsMatch).
/// </summary>
internal static partial class KubeletRules
{
    private static readonly Dictionary<string, string> ConfigFields = new()
    {
        ["apiVersion"] = "string",
        ["kind"] = "string",
        ["providers"] = "list",
    };

    private static readonly Dictionary<string, string> ProviderFields = new()
    {
        ["name"] = "string",
        ["matchImages"] = "strings",
        ["defaultCacheDuration"] = "string",
        ["apiVersion"] = "string",
        ["args"] = "strings",
        ["env"] = "list",
        ["tokenAttributes"] = "map",
    };

    private static readonly Dictionary<string, string> TokenFields = new()
    {
        ["serviceAccountTokenAudience"] = "string",
        ["cacheType"] = "string",
        ["requireServiceAccount"] = "bool",
        ["requiredServiceAccountAnnotationKeys"] = "strings",
        ["optionalServiceAccountAnnotationKeys"] = "strings",
    };

    /// <summary>What the kubelet of 1.34 and newer would refuse; empty when it starts.</summary>
    public static List<string> Problems(string yaml)
    {
        List<string> problems = [];
        var root = Root(yaml);
        Decode(root, ConfigFields, "config", problems);
        Expect(Text(root, "apiVersion") is "kubelet.config.k8s.io/v1", "config apiVersion");
        Expect(Text(root, "kind") is "CredentialProviderConfig", "kind");
        YamlNode[] providers = root.Children.TryGetValue("providers", out var list) ? [.. (YamlSequenceNode)list] : [];
        Expect(providers.Length > 0, "providers");
        HashSet<string> names = [];
        foreach (var provider in providers.Cast<YamlMappingNode>())
        {
            Decode(provider, ProviderFields, "provider", problems);
            var name = Text(provider, "name") ?? "";
            Expect(
                name.Length > 0
                    && name is not "." and not ".."
                    && !name.Contains('/')
                    && !name.Contains(' ')
                    && names.Add(name),
                $"name {name}"
            );
            var images = Texts(provider, "matchImages");
            Expect(images.Count > 0, $"{name} matchImages");
            images.ForEach(image => Expect(Pattern().IsMatch(image), $"{name} image {image}"));
            Expect(Duration().IsMatch(Text(provider, "defaultCacheDuration") ?? ""), $"{name} defaultCacheDuration");
            Expect(
                Text(provider, "apiVersion") is { } version
                    && version.StartsWith("credentialprovider.kubelet.k8s.io/v1", StringComparison.Ordinal),
                $"{name} apiVersion"
            );
            if (provider.Children.TryGetValue("tokenAttributes", out var node))
            {
                var token = (YamlMappingNode)node;
                Decode(token, TokenFields, "tokenAttributes", problems);
                Expect(
                    Text(provider, "apiVersion") is "credentialprovider.kubelet.k8s.io/v1",
                    $"{name} version with token"
                );
                Expect(Text(token, "serviceAccountTokenAudience") is { Length: > 0 }, $"{name} audience");
                Expect(Text(token, "cacheType") is "Token" or "ServiceAccount", $"{name} cacheType");
                Expect(token.Children.ContainsKey("requireServiceAccount"), $"{name} requireServiceAccount");
                var required = Texts(token, "requiredServiceAccountAnnotationKeys");
                Expect(required.Count == 0 || Text(token, "requireServiceAccount") is "true", $"{name} required keys");
                List<string> keys = [.. required, .. Texts(token, "optionalServiceAccountAnnotationKeys")];
                Expect(
                    keys.Distinct().Count() == keys.Count && keys.TrueForAll(key => AnnotationKey().IsMatch(key)),
                    $"{name} annotation keys"
                );
            }
        }

        return problems;

        void Expect(bool isGood, string what)
        {
            if (!isGood)
            {
                problems.Add(what);
            }
        }
    }

    /// <summary>Whether the kubelet starts a provider with this pattern for this image.</summary>
    public static bool Matches(string pattern, string image)
    {
        var (patternHost, patternPort, patternPath) = Split(pattern);
        var (host, port, path) = Split(image);
        var (patternParts, parts) = (patternHost.Split('.'), host.Split('.'));
        return patternPort == port
            && patternParts.Length == parts.Length
            && patternParts
                .Zip(parts)
                .All(pair =>
                    Regex.IsMatch(
                        pair.Second,
                        $"^{Regex.Escape(pair.First).Replace("\\*", ".*", StringComparison.Ordinal)}$"
                    )
                )
            && path.StartsWith(patternPath, StringComparison.Ordinal);
    }

    public static YamlMappingNode Root(string yaml) => (YamlMappingNode)Assert.Single(Documents(yaml));

    public static List<YamlNode> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    public static string? Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var node) ? ((YamlScalarNode)node).Value : null;

    public static List<string> Texts(YamlNode map, string key) =>
        ((YamlMappingNode)map).Children.TryGetValue(key, out var node)
            ? [.. ((YamlSequenceNode)node).Select(item => ((YamlScalarNode)item).Value!)]
            : [];

    private static (string Host, string Port, string Path) Split(string text)
    {
        var uri = UrlParts().Match(text);
        return (uri.Groups["host"].Value, uri.Groups["port"].Value, uri.Groups["path"].Value);
    }

    private static void Decode(
        YamlMappingNode map,
        Dictionary<string, string> fields,
        string what,
        List<string> problems
    )
    {
        foreach (var (key, value) in map.Children)
        {
            var name = ((YamlScalarNode)key).Value!;
            var isGood = fields.GetValueOrDefault(name) switch
            {
                "string" => IsString(value),
                "bool" => value is YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" },
                "strings" => value is YamlSequenceNode items && items.All(IsString),
                "list" => value is YamlSequenceNode,
                "map" => value is YamlMappingNode,
                _ => false,
            };
            if (!isGood)
            {
                problems.Add($"{what} field {name}");
            }
        }
    }

    /// <summary>A plain scalar that YAML 1.1 resolves to something else is no string for Go's JSON decoder.</summary>
    public static bool IsString(YamlNode node) =>
        node is YamlScalarNode scalar && (scalar.Style != ScalarStyle.Plain || !OtherScalar().IsMatch(scalar.Value!));

    [GeneratedRegex(
        @"^(|~|null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?(e[-+]?[0-9]+)?|0x[0-9a-f]+|[-+]?\.inf|\.nan)$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex OtherScalar();

    [GeneratedRegex(@"^[^\s/\\^`{|}%@]+(/[^\s]*)?$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(0|([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+)$")]
    private static partial Regex Duration();

    [GeneratedRegex("^([a-z0-9][a-z0-9.-]*/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")]
    private static partial Regex AnnotationKey();

    [GeneratedRegex(@"^(?<host>\[[^\]]*\]|[^:/]*)(:(?<port>[0-9]+))?(?<path>/.*)?$")]
    private static partial Regex UrlParts();
}
