// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>A value of a TOML document with its line and column, both from 1.</summary>
internal abstract class TomlNode(int line, int column)
{
    public int Line { get; private set; } = line;

    public int Column { get; private set; } = column;

    /// <summary>
    /// For a repeated <c>[[table]]</c>, for whose header Tomlyn reports no position: uses that of its first key.
    /// </summary>
    public void MoveTo(int newLine, int newColumn) => (Line, Column) = (newLine, newColumn);
}

/// <summary>A string, or any other scalar, whose text is null.</summary>
internal sealed class TomlScalar(int line, int column, string? text, bool? flag) : TomlNode(line, column)
{
    public string? Text { get; } = text;

    public bool? Flag { get; } = flag;
}

/// <summary>An array; <see cref="IsOfTables"/> if it was written with double brackets.</summary>
internal sealed class TomlList(int line, int column, bool isOfTables) : TomlNode(line, column)
{
    public bool IsOfTables { get; } = isOfTables;

    public List<TomlNode> Items { get; } = [];
}

/// <summary>A table; <see cref="IsOpen"/> if headers or dotted keys may still add to it.</summary>
internal sealed class TomlMap(int line, int column, bool isOpen) : TomlNode(line, column)
{
    public bool IsOpen { get; } = isOpen;

    public Dictionary<string, TomlNode> Members { get; } = [];

    /// <summary>Looks up a key as Go's decoder does: an exact match first, else a match in any case.</summary>
    public TomlNode? Find(string key)
    {
        if (Members.TryGetValue(key, out var exact))
        {
            return exact;
        }

        foreach (var (name, node) in Members)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return node;
            }
        }

        return null;
    }
}
