using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>
/// A provider config that is there already, held against the kubelet's rules (kubernetes pkg/credentialprovider/plugin
/// config.go). What the kubelet would refuse is not merged into: the result would stop it as well.
/// </summary>
internal sealed class ExistingConfig
{
    private static readonly string[] ConfigVersions = [.. new[] { "v1alpha1", "v1beta1", "v1" }.Select(v => "kubelet.config.k8s.io/" + v)];
    private static readonly string[] ProviderVersions = [.. new[] { "v1alpha1", "v1beta1", "v1" }.Select(v => "credentialprovider.kubelet.k8s.io/" + v)];
    private readonly string path;

    private ExistingConfig(string path) => this.path = path;

    /// <summary>The entries of <c>providers</c>, in their order.</summary>
    public IReadOnlyList<YamlMapping> Providers { get; private set; } = [];

    /// <param name="path">For messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="ProviderException">
    /// The kubelet would not start with it, or it holds what cannot be kept; with the place of what is wrong.
    /// </exception>
    public static ExistingConfig Parse(string path, string text)
    {
        var config = new ExistingConfig(path);
        config.Read(config.Load(text));
        return config;
    }

    public static string Name(YamlMapping provider) => provider.FindText("name")!;

    private YamlNode Load(string text)
    {
        try
        {
            var documents = YamlTree.Parse(text);
            return documents.Count == 1
                ? documents[0]
                : throw Invalid($"it has {documents.Count} YAML documents instead of one");
        }
        catch (YamlTreeException e)
        {
            throw Invalid($"line {e.Line}, column {e.Column}: {e.Message}");
        }
    }

    private void Read(YamlNode node)
    {
        var root = Map(node, "the config", ["apiVersion", "kind", "providers"]);
        OneOf(root, "apiVersion", ConfigVersions);
        OneOf(root, "kind", ["CredentialProviderConfig"]);
        if (Items(root, "providers") is not { Count: > 0 } providers)
        {
            throw Invalid("it has no providers");
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        Providers = [.. providers.Select(provider => Provider(provider, names))];
    }

    private YamlMapping Provider(YamlNode node, HashSet<string> names)
    {
        var provider = Map(
            node, "a provider", ["name", "matchImages", "defaultCacheDuration", "apiVersion", "args", "env", "tokenAttributes"]);
        if (Text(provider, "name") is not { Length: > 0 } name)
        {
            throw At(provider, "a provider needs a name");
        }

        if (name is "." or ".." || name.AsSpan().ContainsAny('/', ' '))
        {
            throw At(provider, $"the name \"{OneLine.Of(name)}\" must be a file name without blanks");
        }

        if (!names.Add(name))
        {
            throw At(provider, $"the name \"{OneLine.Of(name)}\" stands twice");
        }

        var of = $"of provider \"{OneLine.Of(name)}\"";
        var images = Texts(provider, "matchImages");
        if (images.Count == 0)
        {
            throw At(provider, $"matchImages {of} is missing or empty");
        }

        foreach (var image in images)
        {
            if (KubeletImagePattern.Parse(image, out var why) is null)
            {
                throw At(provider, $"\"{KubeletImagePattern.Told(image)}\" in matchImages {of} is no address: {why}");
            }
        }

        if (Text(provider, "defaultCacheDuration") is not { } duration || !KubeletConfigValidator.IsDuration(duration))
        {
            throw At(provider, $"defaultCacheDuration {of} must be a duration such as \"0s\"");
        }

        OneOf(provider, "apiVersion", ProviderVersions);
        Texts(provider, "args");
        foreach (var variable in Items(provider, "env") ?? [])
        {
            var pair = Map(variable, $"a variable {of}", ["name", "value"]);
            Text(pair, "name");
            Text(pair, "value");
        }

        if (Find(provider, "tokenAttributes") is { } attributes)
        {
            TokenAttributes(Map(
                attributes,
                $"tokenAttributes {of}",
                ["serviceAccountTokenAudience", "cacheType", "requireServiceAccount", "requiredServiceAccountAnnotationKeys", "optionalServiceAccountAnnotationKeys"]));
            if (Text(provider, "apiVersion") != ProviderVersions[^1])
            {
                throw At(attributes, $"tokenAttributes {of} need apiVersion {ProviderVersions[^1]}");
            }
        }

        return provider;
    }

    private void TokenAttributes(YamlMapping attributes)
    {
        if (Text(attributes, "serviceAccountTokenAudience") is not { Length: > 0 })
        {
            throw At(attributes, "serviceAccountTokenAudience is missing or empty");
        }

        OneOf(attributes, "cacheType", ["Token", "ServiceAccount"]);
        var isRequired = Find(attributes, "requireServiceAccount") is YamlScalar { IsQuoted: false, Text: var flag } node
            ? flag switch
            {
                "true" => true,
                "false" => false,
                _ => throw At(node, "requireServiceAccount must be true or false"),
            }
            : throw At(attributes, "requireServiceAccount is missing, or neither true nor false");
        var required = Texts(attributes, "requiredServiceAccountAnnotationKeys");
        var optional = Texts(attributes, "optionalServiceAccountAnnotationKeys");
        if (required.Count > 0 && !isRequired)
        {
            throw At(attributes, "requiredServiceAccountAnnotationKeys need requireServiceAccount: true");
        }

        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (var key in required.Concat(optional))
        {
            if (!keys.Add(key))
            {
                throw At(attributes, $"the annotation key \"{OneLine.Of(key)}\" stands twice");
            }

            if (!KubeletConfigValidator.IsQualifiedName(key.ToLowerInvariant()))
            {
                throw At(attributes, $"\"{OneLine.Of(key)}\" is no annotation key");
            }
        }
    }

    private YamlMapping Map(YamlNode node, string what, IReadOnlyList<string> fields)
    {
        if (node is not YamlMapping map)
        {
            throw At(node, $"{what} is no mapping");
        }

        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (var member in map.Members)
        {
            if (!fields.Contains(member.Key))
            {
                var nearest = NearestWord.Of(member.Key, fields);
                throw At(member.Line, member.Column, $"{what} has an unknown field \"{OneLine.Of(member.Key)}\"{(nearest is null ? "" : $" (\"{nearest}\"?)")}");
            }

            if (!keys.Add(member.Key))
            {
                throw At(member.Line, member.Column, $"{member.Key} stands twice");
            }
        }

        return map;
    }

    private void OneOf(YamlMapping map, string key, IReadOnlyList<string> values)
    {
        if (Text(map, key) is not { } value || !values.Contains(value))
        {
            throw At(map, $"{key} must be {string.Join(" or ", values)}");
        }
    }

    private string? Text(YamlMapping map, string key) => Find(map, key) switch
    {
        null => null,
        YamlScalar scalar when IsString(scalar) => scalar.Text,
        var other => throw At(other, $"{key} must be a string"),
    };

    private List<string> Texts(YamlMapping map, string key)
    {
        List<string> texts = [];
        foreach (var item in Items(map, key) ?? [])
        {
            texts.Add(item is YamlScalar scalar && IsString(scalar) ? scalar.Text : throw At(item, $"{key} must have strings only"));
        }

        return texts;
    }

    private IReadOnlyList<YamlNode>? Items(YamlMapping map, string key) => Find(map, key) switch
    {
        null => null,
        YamlSequence sequence => sequence.Items,
        var other => throw At(other, $"{key} must be a list"),
    };

    /// <summary>The field's value; null also where it is YAML's null, which decodes as a field that is not there.</summary>
    private static YamlNode? Find(YamlMapping map, string key) =>
        map.Find(key) is var node and not YamlScalar { IsNull: true } ? node : null;

    /// <summary>The kubelet decodes YAML by way of JSON: a plain number or boolean is no string there.</summary>
    private static bool IsString(YamlScalar scalar) =>
        scalar.IsQuoted
        || (!scalar.IsNull
            && scalar.Text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N")
            && !double.TryParse(scalar.Text, out _)
            && !scalar.Text.StartsWith("0x", StringComparison.Ordinal));

    private ProviderException At(YamlNode node, string problem) => At(node.Line, node.Column, problem);

    private ProviderException At(int line, int column, string problem) => Invalid($"line {line}, column {column}: {problem}");

    private ProviderException Invalid(string problem) => new(
        Reasons.ProviderConfigInvalid,
        $"provider config \"{OneLine.Of(path)}\" cannot be merged into: {problem}",
        "correct it first");
}
