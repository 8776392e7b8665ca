// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Decodes one file as strictly as the kubelet does (kubernetes pkg/credentialprovider/plugin config.go decode, with
/// apimachinery's strict codec): unknown, repeated and wrongly typed fields are errors, and names are case-sensitive.
/// Unlike the kubelet, it continues after an error, so that one run reports all errors.
/// </summary>
internal sealed class ConfigDecoder
{
    private readonly string file;
    private readonly List<ConfigError> errors = [];
    private readonly List<string> remarks = [];

    private ConfigDecoder(string file) => this.file = file;

    /// <summary>The content of one file.</summary>
    public sealed record Decoded(
        IReadOnlyList<Provider> Providers,
        IReadOnlyList<ConfigError> Errors,
        IReadOnlyList<string> Remarks
    );

    /// <param name="file">For messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="YamlTreeException">
    /// The text uses YAML that is not supported here, but that the kubelet may accept.
    /// </exception>
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
                .Select(item => ProviderDecoder.Read(fields, file, item, apiVersion))
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
}
