// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Decodes one file as strictly as the kubelet does (kubernetes pkg/credentialprovider/plugin config.go decode, with
/// apimachinery's strict codec): unknown, repeated and wrongly typed fields are errors, and names are case-sensitive.
/// Unlike the kubelet it continues after an error, so that one run reports all of them.
/// </summary>
internal sealed class ConfigDecoder
{
    private readonly string file;
    private readonly List<ConfigError> errors = [];
    private readonly List<string> remarks = [];

    private ConfigDecoder(string file) => this.file = file;

    /// <summary>What one file holds.</summary>
    public sealed record Decoded(
        IReadOnlyList<Provider> Providers,
        IReadOnlyList<ConfigError> Errors,
        IReadOnlyList<string> Remarks
    );

    /// <param name="file">For messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="YamlTreeException">The kubelet may accept it, but it is not supported here.</exception>
    public static Decoded Decode(string file, string text)
    {
        var decoder = new ConfigDecoder(file);
        var providers = decoder.Read(text);
        return new Decoded(providers, decoder.errors, decoder.remarks);
    }

    private List<Provider> Read(string text)
    {
        IReadOnlyList<YamlNode> documents;
        try
        {
            documents = KubernetesYaml.Parse(text);
        }
        catch (YamlTreeException e) when (!e.IsUnsupported)
        {
            errors.Add(new ConfigError($"{file}:{e.Line}:{e.Column}", e.Message));
            return [];
        }

        if (documents.Count > 1)
        {
            remarks.Add($"{file}: the kubelet reads only the first of its {documents.Count} documents");
        }

        if (documents is not [YamlMapping map, ..])
        {
            errors.Add(new ConfigError(file, "the file has no object"));
            return [];
        }

        var fields = new FieldReader(file, errors);
        string? apiVersion = null,
            kind = null;
        YamlNode? providers = null;
        foreach (var (name, value) in fields.Of(map, "apiVersion", "kind", "providers"))
        {
            switch (name)
            {
                case "apiVersion":
                    apiVersion = fields.Text(value, name);
                    break;
                case "kind":
                    kind = fields.Text(value, name);
                    break;
                default:
                    providers = value;
                    break;
            }
        }

        CheckType(fields, map, apiVersion, kind);
        return
        [
            .. fields
                .Items(providers, "providers")
                .Select(item => ReadProvider(fields, item, apiVersion))
                .OfType<Provider>(),
        ];
    }

    private static void CheckType(FieldReader fields, YamlMapping map, string? apiVersion, string? kind)
    {
        if (string.IsNullOrEmpty(apiVersion))
        {
            fields.Add(map, $"\"apiVersion\" is missing; set it to {ProviderConfig.ApiVersions[0]}");
        }
        else if (!ProviderConfig.ApiVersions.Contains(apiVersion))
        {
            fields.Add(
                map,
                $"apiVersion \"{OneLine.Of(apiVersion)}\" is not one of {string.Join(", ", ProviderConfig.ApiVersions)}"
            );
        }

        if (kind != ProviderConfig.Kind)
        {
            fields.Add(
                map,
                string.IsNullOrEmpty(kind)
                    ? $"\"kind\" is missing; set it to {ProviderConfig.Kind}"
                    : $"kind \"{OneLine.Of(kind)}\" is not {ProviderConfig.Kind}"
            );
        }
    }

    private Provider? ReadProvider(FieldReader fields, YamlNode node, string? apiVersion)
    {
        var provider = new Provider(file, node);
        if (node is not YamlMapping map)
        {
            // Go decodes null as a provider without any field.
            return node is YamlScalar { IsNull: true }
                ? provider
                : fields.Refuse<Provider>(node, "a provider is not an object");
        }

        foreach (
            var (name, value) in fields.Of(
                map,
                "name",
                "matchImages",
                "defaultCacheDuration",
                "apiVersion",
                "args",
                "env",
                "tokenAttributes"
            )
        )
        {
            provider = name switch
            {
                "name" => provider with { Name = fields.Text(value, name) ?? "" },
                "matchImages" => provider with { MatchImages = fields.Texts(value, name) },
                "defaultCacheDuration" => provider with { DefaultCacheDuration = fields.Text(value, name) },
                "apiVersion" => provider with { ApiVersion = fields.Text(value, name) },
                "args" => provider with { Args = fields.Texts(value, name) },
                "env" => provider with { Env = ReadEnvironment(fields, value) },
                _ => provider with { Token = ReadToken(fields, map.FindMember(name)!, apiVersion) },
            };
        }

        return provider;
    }

    private static TokenAttributes? ReadToken(FieldReader fields, YamlMember field, string? configVersion)
    {
        if (configVersion != ProviderConfig.ApiVersions[0] && ProviderConfig.ApiVersions.Contains(configVersion))
        {
            // The types of the older versions have no such field.
            fields.Add(
                field,
                $"unknown field \"tokenAttributes\": only {ProviderConfig.ApiVersions[0]} has it, not {configVersion}"
            );
            return null;
        }

        fields.Add(field, "unknown field \"tokenAttributes\"", KubeletMinors.V132);
        if (field.Value is not YamlMapping map)
        {
            return field.Value is YamlScalar { IsNull: true }
                ? null
                : fields.Refuse<TokenAttributes>(field.Value, "\"tokenAttributes\" is not an object");
        }

        var token = new TokenAttributes();
        foreach (
            var (name, value) in fields.Of(
                map,
                "serviceAccountTokenAudience",
                "cacheType",
                "requireServiceAccount",
                "requiredServiceAccountAnnotationKeys",
                "optionalServiceAccountAnnotationKeys"
            )
        )
        {
            switch (name)
            {
                case "serviceAccountTokenAudience":
                    token = token with { Audience = fields.Text(value, name) };
                    break;
                case "cacheType":
                    fields.Add(map.FindMember(name)!, "unknown field \"cacheType\"", KubeletMinors.V133);
                    token = token with { CacheType = fields.Text(value, name) };
                    break;
                case "requireServiceAccount":
                    token = token with { RequireServiceAccount = fields.Flag(value, name) };
                    break;
                case "requiredServiceAccountAnnotationKeys":
                    token = token with { RequiredAnnotations = fields.Texts(value, name) };
                    break;
                default:
                    token = token with { OptionalAnnotations = fields.Texts(value, name) };
                    break;
            }
        }

        return token;
    }

    private static List<(string Name, string Value)> ReadEnvironment(FieldReader fields, YamlNode node)
    {
        List<(string, string)> all = [];
        foreach (var item in fields.Items(node, "env"))
        {
            if (item is not YamlMapping map)
            {
                if (item is not YamlScalar { IsNull: true })
                {
                    fields.Add(item, "an item of \"env\" is not an object with name and value");
                }

                continue;
            }

            var (variable, content) = ("", "");
            foreach (var (name, value) in fields.Of(map, "name", "value"))
            {
                var text = fields.Text(value, $"env.{name}") ?? "";
                (variable, content) = name == "name" ? (text, content) : (variable, text);
            }

            all.Add((variable, content));
        }

        return all;
    }
}
