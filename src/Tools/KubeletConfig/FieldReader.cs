// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Reads the fields of an object as a strict Go decoder does, and collects the errors. No message contains a value of
/// the wrong type, because the value may be a secret.
/// </summary>
/// <param name="file">The file name for positions.</param>
/// <param name="errors">Receives the errors.</param>
internal sealed class FieldReader(string file, List<ConfigError> errors)
{
    /// <summary>The known fields in the order of the file. Unknown and repeated fields are errors.</summary>
    public IEnumerable<(string Name, YamlNode Value)> Of(YamlMapping map, params string[] known)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var member in map.Members)
        {
            if (!names.Add(member.Key))
            {
                Add(member, $"field \"{OneLine.Of(member.Key)}\" is set twice");
            }

            if (known.Contains(member.Key))
            {
                yield return (member.Key, member.Value);
            }
            else
            {
                var near = known.FirstOrDefault(k => k.Equals(member.Key, StringComparison.OrdinalIgnoreCase))
                    ?? NearestWord.Of(member.Key, known);
                var hint = near is null ? "" : $"; did you mean \"{near}\"?";
                Add(member, $"unknown field \"{OneLine.Of(member.Key)}\"{hint}");
            }
        }
    }

    /// <summary>The items of a list; empty if it is null or not set.</summary>
    public IReadOnlyList<YamlNode> Items(YamlNode? node, string name)
    {
        switch (node)
        {
            case null or YamlScalar { IsNull: true }:
                return [];
            case YamlSequence list:
                return list.Items;
            default:
                Add(node, $"\"{name}\" is not a list");
                return [];
        }
    }

    /// <summary>A list of strings. Go decodes a null item as an empty string.</summary>
    public List<string> Texts(YamlNode node, string name) =>
        [.. Items(node, name).Select(item => Text(item, name) ?? "")];

    /// <summary>A string; null if the value is null.</summary>
    public string? Text(YamlNode node, string name)
    {
        if (node is not YamlScalar scalar)
        {
            Add(node, $"\"{name}\" is not a string");
            return null;
        }

        if (scalar.Type is not (YamlScalarType.Text or YamlScalarType.Null))
        {
            var type = scalar.Type.ToString().ToLowerInvariant();
            Add(node, $"\"{name}\" is a {type}, not a string; put it in quotes");
        }

        return scalar.IsNull ? null : scalar.Text;
    }

    /// <summary>A boolean; null if the value is null.</summary>
    public bool? Flag(YamlNode node, string name)
    {
        switch (node)
        {
            case YamlScalar { Type: YamlScalarType.Boolean } flag:
                return flag.IsTrue;
            case YamlScalar { IsNull: true }:
                return null;
            default:
                Add(node, $"\"{name}\" is not true or false");
                return null;
        }
    }

    public void Add(YamlNode node, string problem) =>
        errors.Add(new ConfigError($"{file}:{node.Line}:{node.Column}", problem));

    public void Add(YamlMember member, string problem, KubeletMinors refusedBy = KubeletMinors.All) =>
        errors.Add(new ConfigError($"{file}:{member.Line}:{member.Column}", problem, refusedBy));

    /// <summary>Adds an error, and returns null in place of the value.</summary>
    public T? Refuse<T>(YamlNode node, string problem)
        where T : class
    {
        Add(node, problem);
        return null;
    }
}
