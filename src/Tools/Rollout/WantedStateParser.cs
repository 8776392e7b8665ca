// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Parses the file of <c>--state</c> as strictly as the kubelet parses its configuration: an unknown field, a duplicate
/// field or a wrong type is an error with line and column.
/// </summary>
internal sealed class WantedStateParser
{
    private readonly string name;

    private WantedStateParser(string name) => this.name = name;

    /// <param name="name">The file's name in messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="otherwise">The values of fields that the file does not set.</param>
    /// <exception cref="ProviderException">The file is invalid.</exception>
    public static WantedState Parse(string name, string text, WantedState otherwise)
    {
        var parser = new WantedStateParser(name);
        try
        {
            return YamlTree.Parse(text) switch
            {
                [YamlMapping map] => parser.Read(map, otherwise),
                [var other] => throw parser.Bad(other, "it must be a mapping"),
                [] => throw parser.Bad(1, 1, "it is empty"),
                [_, var second, ..] => throw parser.Bad(second, "it must contain only one document"),
            };
        }
        catch (YamlTreeException e)
        {
            throw parser.Bad(e.Line, e.Column, e.Message);
        }
    }

    private WantedState Read(YamlMapping map, WantedState state)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var member in map.Members)
        {
            if (!seen.Add(member.Key))
            {
                throw Bad(member.Line, member.Column, $"{member.Key} is set twice");
            }

            state = member.Key switch
            {
                "ensure" => state with { IsPresent = OneOf(member, "present", "absent") == "present" },
                "binDir" => state with { BinDir = NodePath(member) },
                "configPath" => state with { ConfigPath = NodePath(member) },
                "matchImages" => state with { MatchImages = Texts(member) },
                "fromRegistriesConf" => Flag(member) ? state with { MatchImages = [] } : state,
                "audience" => state with { Audience = Text(member) },
                "profile" => state with { Profile = OneOf(member, RolloutOptions.Profiles) },
                "kubeletUnit" => state with { KubeletUnit = Unit(member) },
                "flags" => state with { SetsFlags = OneOf(member, "drop-in", "none") == "drop-in" },
                "annotationKeys" => state with { AnnotationKeys = Texts(member) },
                "args" => state with { Args = Texts(member) },
                "env" => state with { Env = Variables(member) },
                "sweepTimer" => state with { HasSweepTimer = Flag(member) },
                "watchFor" => state with { WatchFor = Duration(member) },
                "undoAfter" => state with { UndoAfter = Duration(member) },
                var other => throw Bad(member.Line, member.Column, $"unknown field \"{OneLine.Of(other)}\""),
            };
        }

        if (
            map.Members.FirstOrDefault(member => member.Key == "fromRegistriesConf") is { } from
            && Flag(from) == seen.Contains("matchImages")
        )
        {
            throw Bad(
                from.Line,
                from.Column,
                Flag(from)
                    ? "fromRegistriesConf: true and matchImages cannot be used together"
                    : "fromRegistriesConf: false requires matchImages"
            );
        }

        return state;
    }

    private string Text(YamlMember member) => Text(member.Value, member.Key);

    private string Text(YamlNode node, string key) =>
        node is YamlScalar { IsNull: false, Text.Length: > 0 } scalar
            ? scalar.Text
            : throw Bad(node, $"{key} must be a string");

    private IReadOnlyList<string> Texts(YamlMember member) =>
        member.Value is YamlSequence list
            ? [.. list.Items.Select(item => Text(item, member.Key))]
            : throw Bad(member.Value, $"{member.Key} must be a list of strings");

    private bool Flag(YamlMember member) =>
        member.Value is YamlScalar { IsQuoted: false, Text: "true" or "false" } scalar
            ? scalar.Text == "true"
            : throw Bad(member.Value, $"{member.Key} must be true or false");

    private string OneOf(YamlMember member, params IReadOnlyList<string> words)
    {
        var text = Text(member);
        return words.Contains(text)
            ? text
            : throw Bad(member.Value, $"{member.Key} must be {string.Join(" or ", words)}");
    }

    private string NodePath(YamlMember member)
    {
        var path = Text(member);
        return RolloutOptions.NodePath(path) is { } wanted
            ? throw Bad(member.Value, $"{member.Key}: {wanted}")
            : path.TrimEnd('/');
    }

    private string Unit(YamlMember member)
    {
        var unit = Text(member);
        return RolloutOptions.UnitName(unit) is { } wanted ? throw Bad(member.Value, $"{member.Key}: {wanted}") : unit;
    }

    private TimeSpan Duration(YamlMember member)
    {
        var text = Text(member);
        return RolloutOptions.Seconds(text, out var duration) is { } wanted
            ? throw Bad(member.Value, $"{member.Key}: {wanted}")
            : duration;
    }

    private List<(string Name, string Value)> Variables(YamlMember member)
    {
        List<(string, string)> variables = [];
        foreach (
            var item in member.Value is YamlSequence list
                ? list.Items
                : throw Bad(member.Value, "env must be a list of name and value")
        )
        {
            if (item is not YamlMapping { Members: [{ Key: "name" }, { Key: "value" }] } pair)
            {
                throw Bad(item, "a variable of env must have name and value, in this order");
            }

            variables.Add(
                (
                    Text(pair.Members[0]),
                    pair.Members[1].Value is YamlScalar { IsNull: false } value
                        ? value.Text
                        : throw Bad(pair.Members[1].Value, "value must be a string")
                )
            );
        }

        return variables;
    }

    private ProviderException Bad(YamlNode node, string problem) => Bad(node.Line, node.Column, problem);

    private ProviderException Bad(long line, long column, string problem) =>
        new(Reasons.InputUnusable, $"{name}, line {line}, column {column}: {problem}", "see docs/reference/install.md");
}
