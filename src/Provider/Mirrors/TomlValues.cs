// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Reads typed values of one registries.conf. A wrong type is an error with its position, as in Go's decoder.
/// </summary>
/// <param name="path">For messages and origins.</param>
internal readonly struct TomlValues(string path)
{
    public TomlMap? Table(TomlMap parent, string key) =>
        parent.Find(key) switch
        {
            null => null,
            TomlMap map => map,
            var other => throw Invalid(other, $"\"{key}\" is not a table"),
        };

    /// <summary>An array of tables; empty if the key is not set.</summary>
    public IEnumerable<TomlMap> Tables(TomlMap parent, string key, string? fullName = null)
    {
        if (parent.Find(key) is not { } node)
        {
            return [];
        }

        return node is TomlList list && list.Items.TrueForAll(item => item is TomlMap)
            ? list.Items.Cast<TomlMap>()
            : throw Invalid(node, $"\"{key}\" is not an array of tables: write [[{fullName ?? key}]]");
    }

    public List<(string Text, TomlNode Node)>? Strings(TomlMap parent, string key)
    {
        if (parent.Find(key) is not { } node)
        {
            return null;
        }

        return node is TomlList list && list.Items.TrueForAll(item => item is TomlScalar { Text: not null })
            ? list.Items.ConvertAll(item => (((TomlScalar)item).Text!, node))
            : throw Invalid(node, $"\"{key}\" is not an array of strings");
    }

    public string? Text(TomlMap parent, string key) =>
        parent.Find(key) switch
        {
            null => null,
            TomlScalar { Text: { } text } => text,
            var other => throw Invalid(other, $"\"{key}\" is not a string"),
        };

    public bool Flag(TomlMap parent, string key) =>
        parent.Find(key) switch
        {
            null => false,
            TomlScalar { Flag: { } flag } => flag,
            var other => throw Invalid(other, $"\"{key}\" is not true or false"),
        };

    /// <summary>A location or prefix without its trailing slashes; empty if it is not set.</summary>
    public string Location(TomlMap parent, string key) => Location(parent.Find(key) ?? parent, Text(parent, key) ?? "");

    /// <summary>Removes trailing slashes; a scheme in front of the rest is an error (sysregistriesv2
    /// parseLocation).</summary>
    public string Location(TomlNode node, string text)
    {
        var location = text.TrimEnd('/');
        return
            location.StartsWith("http://", StringComparison.Ordinal)
            || location.StartsWith("https://", StringComparison.Ordinal)
            ? throw Invalid(node, $"location \"{OneLine.WithoutUser(text)}\" must not have a scheme")
            : location;
    }

    /// <summary>The position as <c>FILE:LINE</c>.</summary>
    public string Origin(TomlNode node) => $"{path}:{node.Line}";

    public ProviderException Invalid(TomlNode node, string problem) =>
        TomlDocument.Invalid(path, node.Line, node.Column, problem);
}
