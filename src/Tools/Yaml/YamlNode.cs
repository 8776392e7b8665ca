// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>
/// A YAML value and where it begins, both counted from 1. No node prints what it holds: a manifest's values are
/// secrets.
/// </summary>
internal abstract class YamlNode(int line, int column)
{
    public int Line => line;

    public int Column => column;
}

/// <summary>A text, a number, a boolean or null.</summary>
internal sealed class YamlScalar(string text, bool isQuoted, int line, int column) : YamlNode(line, column)
{
    public string Text => text;

    /// <summary>Whether it is in quotes or a block: then it is a text, whatever it looks like.</summary>
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

/// <summary>One <c>key: value</c>; its place is the key's.</summary>
internal sealed record YamlMember(string Key, YamlNode Value, int Line, int Column)
{
    public override string ToString() => Key;
}

/// <summary>A mapping with its members in the order of the file, also those that are set twice.</summary>
internal sealed class YamlMapping(IReadOnlyList<YamlMember> members, int line, int column) : YamlNode(line, column)
{
    public IReadOnlyList<YamlMember> Members => members;

    /// <summary>The last member with this key; null when there is none.</summary>
    public YamlMember? FindMember(string key) => members.LastOrDefault(member => member.Key == key);

    /// <summary>The value of the last member with this key, as JSON readers take it; null when there is none.</summary>
    public YamlNode? Find(string key) => FindMember(key)?.Value;

    /// <summary>The scalar's text; null when there is no such member, or it is null or no scalar.</summary>
    public string? FindText(string key) => Find(key) is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
}
