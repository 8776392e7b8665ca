// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>
/// Parses text as apimachinery's codec recognizes it (pkg/runtime/serializer/recognizer, util/yaml IsJSONBuffer): text
/// that begins with a brace is JSON only; everything else is YAML.
/// </summary>
internal static class KubernetesYaml
{
    /// <returns>All documents, including empty ones, because the kubelet reads only the first.</returns>
    /// <exception cref="YamlTreeException">The text is not valid, or uses YAML that is not supported.</exception>
    public static IReadOnlyList<YamlNode> Parse(string text) =>
        text.AsSpan().TrimStart() is ['{', ..] ? [JsonTree.Parse(text)] : YamlTree.Parse(text, keepsEmpty: true);

    /// <summary>The first document of a file on the node; null if it is not a mapping, or cannot be parsed.</summary>
    public static YamlMapping? FirstMapping(string text)
    {
        try
        {
            return Parse(text) is [YamlMapping map, ..] ? map : null;
        }
        catch (YamlTreeException)
        {
            // The file is one of several sources. The program that owns it reports what is wrong with it.
            return null;
        }
    }
}
