// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Decodes one entry of <c>providers</c>, as strictly as the kubelet does (<see cref="ConfigDecoder"/>).
/// </summary>
internal static class ProviderDecoder
{
    /// <param name="fields">Receives the errors.</param>
    /// <param name="file">The file that contains the entry.</param>
    /// <param name="node">The entry.</param>
    /// <param name="apiVersion">The API version of the config.</param>
    /// <returns>Null if the entry is not an object.</returns>
    public static Provider? Read(FieldReader fields, string file, YamlNode node, string? apiVersion)
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
            // The Go types of the older API versions do not have this field.
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
