// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>
/// A YAML value with its line and column, which start at 1. No node prints its value, because the values of a manifest
/// may be secrets.
/// </summary>
internal abstract class YamlNode(int line, int column)
{
    public int Line => line;

    public int Column => column;
}

/// <summary>A string, a number, a boolean or null.</summary>
internal sealed class YamlScalar(string text, bool isQuoted, int line, int column) : YamlNode(line, column)
{
    public string Text => text;

    /// <summary>Whether the scalar is quoted or a block. If so, it is a string, whatever it looks like.</summary>
    public bool IsQuoted => isQuoted;

    public YamlScalarType Type => isQuoted ? YamlScalarType.Text : YamlScalarTypes.Of(text);

    public bool IsNull => Type == YamlScalarType.Null;

    /// <summary>Whether a boolean is true.</summary>
    public bool IsTrue => YamlScalarTypes.IsTrue(text);
}

internal sealed class YamlSequence(IReadOnlyList<YamlNode> items, int line, int column) : YamlNode(line, column)
{
    public IReadOnlyList<YamlNode> Items => items;
}

/// <summary>One <c>key: value</c>, with the position of the key.</summary>
internal sealed record YamlMember(string Key, YamlNode Value, int Line, int Column)
{
    public override string ToString() => Key;
}

/// <summary>A mapping with its members in the order of the file, including duplicates.</summary>
internal sealed class YamlMapping(IReadOnlyList<YamlMember> members, int line, int column) : YamlNode(line, column)
{
    public IReadOnlyList<YamlMember> Members => members;

    /// <summary>The last member with this key; null if there is none.</summary>
    public YamlMember? FindMember(string key) => members.LastOrDefault(member => member.Key == key);

    /// <summary>
    /// The value of the last member with this key, as JSON readers resolve duplicates; null if there is none.
    /// </summary>
    public YamlNode? Find(string key) => FindMember(key)?.Value;

    /// <summary>The scalar's text; null if the member is missing, null or not a scalar.</summary>
    public string? FindText(string key) => Find(key) is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
}
