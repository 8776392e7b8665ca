// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>
/// Text as apimachinery's codec recognizes it (pkg/runtime/serializer/recognizer, util/yaml IsJSONBuffer): what begins
/// with a brace is JSON and nothing else; the rest is YAML.
/// </summary>
internal static class KubernetesYaml
{
    /// <returns>The documents, also empty ones: the kubelet reads the first.</returns>
    /// <exception cref="YamlTreeException">It is not valid, or not supported here.</exception>
    public static IReadOnlyList<YamlNode> Parse(string text) =>
        text.AsSpan().TrimStart() is ['{', ..] ? [JsonTree.Parse(text)] : YamlTree.Parse(text, keepsEmpty: true);

    /// <summary>The first document of a file of the node; null when it is not a mapping, or cannot be read.</summary>
    public static YamlMapping? FirstMapping(string text)
    {
        try
        {
            return Parse(text) is [YamlMapping map, ..] ? map : null;
        }
        catch (YamlTreeException)
        {
            // Only one source of facts among several: the program that owns the file reports what is wrong with it.
            return null;
        }
    }
}
