using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>
/// Decodes one CredentialProviderConfig as strictly as the kubelet does (kubernetes pkg/credentialprovider/plugin
/// config.go decode, with a strict codec): unknown, doubled or wrongly typed fields are errors, and names are
/// case-sensitive. Unlike the kubelet it goes on behind an error, so that all of them are told at once.
/// </summary>
internal sealed class KubeletConfigDecoder
{
    private static readonly string[] ApiVersions =
        ["kubelet.config.k8s.io/v1", "kubelet.config.k8s.io/v1beta1", "kubelet.config.k8s.io/v1alpha1"];

    private readonly string file;
    private readonly List<KubeletConfigError> errors = [];
    private readonly List<string> remarks = [];

    private KubeletConfigDecoder(string file) => this.file = file;

    /// <summary>What one file holds.</summary>
    public sealed record Decoded(
        IReadOnlyList<KubeletProvider> Providers, IReadOnlyList<KubeletConfigError> Errors, IReadOnlyList<string> Remarks);

    /// <param name="file">For messages.</param>
    /// <param name="text">YAML or JSON.</param>
    public static Decoded Decode(string file, string text)
    {
        var decoder = new KubeletConfigDecoder(file);
        var providers = decoder.Read(text);
        return new Decoded(providers, decoder.errors, decoder.remarks);
    }

    private List<KubeletProvider> Read(string text)
    {
        var root = KubeletYaml.Load(file, text, out var unreadable, out var documents);
        if (unreadable is not null)
        {
            errors.Add(unreadable);
            return [];
        }

        if (documents > 1)
        {
            remarks.Add($"{file}: only the first of its {documents} documents counts");
        }

        if (root is not YamlMapping map)
        {
            errors.Add(new KubeletConfigError(file, "it holds no object"));
            return [];
        }

        string? apiVersion = null, kind = null;
        YamlNode? providers = null;
        foreach (var field in Fields(map))
        {
            var (name, value) = (field.Key, field.Value);
            switch (name)
            {
                case "apiVersion":
                    apiVersion = Text(value, name);
                    break;
                case "kind":
                    kind = Text(value, name);
                    break;
                case "providers":
                    providers = value;
                    break;
                default:
                    Unknown(field, "apiVersion", "kind", "providers");
                    break;
            }
        }

        if (string.IsNullOrEmpty(apiVersion))
        {
            Add(map, "\"apiVersion\" is missing: kubelet.config.k8s.io/v1");
        }
        else if (!ApiVersions.Contains(apiVersion))
        {
            Add(map, $"apiVersion \"{OneLine.Of(apiVersion)}\" is not one of {string.Join(", ", ApiVersions)}");
        }

        if (kind != "CredentialProviderConfig")
        {
            Add(map, string.IsNullOrEmpty(kind)
                ? "\"kind\" is missing: CredentialProviderConfig"
                : $"kind \"{OneLine.Of(kind)}\" is not CredentialProviderConfig");
        }

        // Only v1 has tokenAttributes: for the older versions it is an unknown field.
        return [.. Items(providers, "providers").Select(item => Provider(item, hasToken: apiVersion is not ("kubelet.config.k8s.io/v1beta1" or "kubelet.config.k8s.io/v1alpha1")))
            .OfType<KubeletProvider>()];
    }

    private KubeletProvider? Provider(YamlNode node, bool hasToken)
    {
        if (node is not YamlMapping map)
        {
            Add(node, "a provider is not an object");
            return null;
        }

        var provider = new KubeletProvider("", file, map.Line);
        foreach (var field in Fields(map))
        {
            var (name, value) = (field.Key, field.Value);
            provider = name switch
            {
                "name" => provider with { Name = Text(value, name) ?? "" },
                "matchImages" => provider with { MatchImages = Texts(value, name) },
                "defaultCacheDuration" => provider with { DefaultCacheDuration = Text(value, name) },
                "apiVersion" => provider with { ApiVersion = Text(value, name) },
                "args" => provider with { Args = Texts(value, name) },
                "env" => provider with { Env = Environment(value) },
                "tokenAttributes" when hasToken => provider with { Token = Token(value) },
                _ => Pass(provider, () => Unknown(
                    field, "name", "matchImages", "defaultCacheDuration", "apiVersion", "args", "env", "tokenAttributes")),
            };
        }

        return provider;
    }

    private KubeletTokenAttributes? Token(YamlNode node)
    {
        if (IsNull(node))
        {
            return null;
        }

        if (node is not YamlMapping map)
        {
            Add(node, "\"tokenAttributes\" is not an object");
            return null;
        }

        var token = new KubeletTokenAttributes();
        foreach (var field in Fields(map))
        {
            var (name, value) = (field.Key, field.Value);
            token = name switch
            {
                "serviceAccountTokenAudience" => token with { Audience = Text(value, name) },
                "cacheType" => token with { CacheType = CacheType(field) },
                "requireServiceAccount" => token with { RequireServiceAccount = Flag(value, name) },
                "requiredServiceAccountAnnotationKeys" => token with { RequiredAnnotations = Texts(value, name) },
                "optionalServiceAccountAnnotationKeys" => token with { OptionalAnnotations = Texts(value, name) },
                _ => Pass(token, () => Unknown(
                    field,
                    "serviceAccountTokenAudience",
                    "cacheType",
                    "requireServiceAccount",
                    "requiredServiceAccountAnnotationKeys",
                    "optionalServiceAccountAnnotationKeys")),
            };
        }

        return token;
    }

    private string? CacheType(YamlMember field)
    {
        errors.Add(new KubeletConfigError(
            $"{file}:{field.Line}:{field.Column}", "unknown field \"cacheType\"", KubeletMinors.V133));
        return Text(field.Value, "cacheType");
    }

    private List<(string Name, string Value)> Environment(YamlNode node)
    {
        List<(string, string)> all = [];
        foreach (var item in Items(node, "env"))
        {
            if (item is not YamlMapping map)
            {
                Add(item, "an item of \"env\" is not an object with name and value");
                continue;
            }

            var (name, value) = ("", "");
            foreach (var field in Fields(map))
            {
                var content = field.Value;
                switch (field.Key)
                {
                    case "name":
                        name = Text(content, "env.name") ?? "";
                        break;
                    case "value":
                        value = Text(content, "env.value") ?? "";
                        break;
                    default:
                        Unknown(field, "name", "value");
                        break;
                }
            }

            all.Add((name, value));
        }

        return all;
    }

    private IEnumerable<YamlMember> Fields(YamlMapping map)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var member in map.Members)
        {
            if (!names.Add(member.Key))
            {
                errors.Add(new KubeletConfigError(
                    $"{file}:{member.Line}:{member.Column}", $"field \"{OneLine.Of(member.Key)}\" stands twice"));
            }

            yield return member;
        }
    }

    private IReadOnlyList<YamlNode> Items(YamlNode? node, string name)
    {
        if (node is null || IsNull(node))
        {
            return [];
        }

        if (node is YamlSequence list)
        {
            return list.Items;
        }

        Add(node, $"\"{name}\" is not a list");
        return [];
    }

    private List<string> Texts(YamlNode node, string name) => [.. Items(node, name).Select(item => Text(item, name) ?? "")];

    /// <summary>A string; null where none is written. The value of another type is not told: it may be a secret.</summary>
    private string? Text(YamlNode node, string name)
    {
        if (node is YamlScalar scalar)
        {
            switch (KubeletYaml.TypeOf(scalar))
            {
                case KubeletScalarType.Text:
                    return scalar.Text;
                case KubeletScalarType.Null:
                    return null;
                case var other:
                    Add(node, $"\"{name}\" is a {other.ToString().ToLowerInvariant()}, not a string: put it in quotes");
                    return scalar.Text;
            }
        }

        Add(node, $"\"{name}\" is not a string");
        return null;
    }

    private bool? Flag(YamlNode node, string name)
    {
        if (node is YamlScalar scalar)
        {
            switch (KubeletYaml.TypeOf(scalar))
            {
                case KubeletScalarType.Boolean:
                    return KubeletYaml.IsTrue(scalar);
                case KubeletScalarType.Null:
                    return null;
                default:
                    break;
            }
        }

        Add(node, $"\"{name}\" is not true or false");
        return null;
    }

    private static bool IsNull(YamlNode node) =>
        node is YamlScalar scalar && KubeletYaml.TypeOf(scalar) == KubeletScalarType.Null;

    private void Unknown(YamlMember field, params string[] known)
    {
        var name = field.Key;
        var near = known.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? NearestWord.Of(name, known);
        errors.Add(new KubeletConfigError(
            $"{file}:{field.Line}:{field.Column}",
            $"unknown field \"{OneLine.Of(name)}\"{(near is null || near == name ? "" : $": did you mean \"{near}\"?")}"));
    }

    private void Add(YamlNode node, string problem) =>
        errors.Add(new KubeletConfigError($"{file}:{node.Line}:{node.Column}", problem));

    private static T Pass<T>(T value, Action report)
    {
        report();
        return value;
    }
}
