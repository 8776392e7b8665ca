// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace CrioCredentialProvider.Tests.Properties.Models;

/// <summary>
/// Writes a configuration in one of the many ways that TOML allows: tables with headers or inline, keys in any case and
/// bare, quoted or dotted, strings in all four forms with escapes, comments, either line ending, a byte order mark.
/// </summary>
/// <param name="style">Decides about each token; the same number gives the same text.</param>
internal sealed class TomlPrinter(int style)
{
    private readonly Random random = new(style);
    private readonly StringBuilder text = new();
    private string lineEnd = "\n";

    public string Print(RegistriesModel model)
    {
        lineEnd = Chance(3) ? "\r\n" : "\n";
        if (Chance(4))
        {
            Comment();
        }

        if (model.Search is { } search)
        {
            Line($"{Key("unqualified-search-registries")}{Equal()}{Array(search.Select(Text))}");
        }

        if (model.ShortNameMode is { } mode)
        {
            Line($"{Key("short-name-mode")}{Equal()}{Text(mode)}");
        }

        if (Chance(3))
        {
            Line($"{Key("credential-helpers")}{Equal()}[{Text("containers-auth.json")}]");
        }

        if (Chance(4))
        {
            Line($"later-setting{Equal()}{{ a = 1, b = [ 1.5, 1979-05-27 ], c.d = true }}");
        }

        var areInline = model.Registries.Length > 0 && Chance(3);
        if (areInline)
        {
            Line($"{Key("registry")}{Equal()}{Array(model.Registries.Select(Inline))}");
        }

        if (Chance(2))
        {
            Aliases(model);
            Registries(model, areInline);
        }
        else
        {
            Registries(model, areInline);
            Aliases(model);
        }

        var printed = text.ToString();
        return Chance(4) ? printed.TrimEnd('\r', '\n') : printed;
    }

    private void Aliases(RegistriesModel model)
    {
        if (model.Aliases.Length == 0)
        {
            return;
        }

        Line($"[{Blank()}{Key("aliases")}{Blank()}]");
        foreach (var (name, target) in model.Aliases)
        {
            // An alias's own name keeps its case.
            Line($"{(name.Contains('/') || Chance(2) ? Text(name, isKey: true) : name)}{Equal()}{Text(target)}");
        }
    }

    private void Registries(RegistriesModel model, bool areInline)
    {
        if (areInline)
        {
            return;
        }

        // One table's name has one spelling: another one would be another table.
        var (table, mirrorTable) = (Key("registry"), Key("mirror"));
        foreach (var registry in model.Registries)
        {
            Line($"[[{Blank()}{table}{Blank()}]]");
            foreach (var member in Shuffled(Members(registry)))
            {
                Line(member);
            }

            if (registry.Mirrors.Length > 0 && Chance(3))
            {
                Line(
                    $"{Key("mirror")}{Equal()}{Array(registry.Mirrors.Select(mirror => $"{{{Blank()}{string.Join(", ", Shuffled(Members(mirror)))}{Blank()}}}"))}"
                );
                continue;
            }

            foreach (var mirror in registry.Mirrors)
            {
                Line($"[[{table}{Blank()}.{Blank()}{mirrorTable}]]");
                foreach (var member in Shuffled(Members(mirror)))
                {
                    Line(member);
                }
            }
        }
    }

    private string Inline(RegistryModel registry)
    {
        var members = Members(registry);
        if (registry.Mirrors.Length > 0)
        {
            members.Add(
                $"{Key("mirror")}{Equal()}{Array(registry.Mirrors.Select(mirror => $"{{{string.Join(", ", Shuffled(Members(mirror)))}}}"))}"
            );
        }

        return $"{{{Blank()}{string.Join(", ", Shuffled(members))}{Blank()}}}";
    }

    private List<string> Members(RegistryModel registry)
    {
        List<string> members = [];
        Add(members, "prefix", registry.Prefix);
        Add(members, "location", registry.Location);
        Add(members, "insecure", registry.Insecure);
        Add(members, "blocked", registry.Blocked);
        Add(members, "mirror-by-digest-only", registry.ByDigestOnly);
        if (Chance(6))
        {
            members.Add($"later-setting{Equal()}0x1F");
        }

        return members;
    }

    private List<string> Members(MirrorModel mirror)
    {
        List<string> members = [];
        Add(members, "location", mirror.Location);
        Add(members, "insecure", mirror.Insecure);
        Add(members, "pull-from-mirror", mirror.PullFrom);
        return members;
    }

    private void Add(List<string> members, string key, string? value)
    {
        if (value is not null)
        {
            members.Add($"{Key(key)}{Equal()}{Text(value)}");
        }
    }

    private void Add(List<string> members, string key, bool? value)
    {
        if (value is { } flag)
        {
            members.Add($"{Key(key)}{Equal()}{(flag ? "true" : "false")}");
        }
    }

    /// <summary>In any case, and bare or quoted.</summary>
    private string Key(string name)
    {
        var cased = random.Next(6) switch
        {
            0 => name.ToUpperInvariant(),
            1 => char.ToUpperInvariant(name[0]) + name[1..],
            _ => name,
        };
        return Chance(4) ? Text(cased, isKey: true) : cased;
    }

    private string Text(string value) => Text(value, isKey: false);

    /// <summary>A key may be a string of one line only.</summary>
    private string Text(string value, bool isKey)
    {
        switch (random.Next(isKey ? 3 : 5))
        {
            case 0:
                return $"'{value}'";
            case 1:
                return $"\"{string.Concat(value.Select(c => Chance(4) ? (Chance(2) ? $"\\u{(int)c:X4}" : $"\\U{(int)c:x8}") : c.ToString()))}\"";
            case 2:
                return $"\"{value}\"";
            case 3:
                return $"'''{(Chance(2) ? lineEnd : "")}{value}'''";
            default:
                var cut = random.Next(value.Length + 1);
                return $"\"\"\"{value[..cut]}{(Chance(2) ? "\\" + lineEnd + "  " : "")}{value[cut..]}\"\"\"";
        }
    }

    private string Array(IEnumerable<string> items)
    {
        var separator = Chance(3) ? $",{Blank()}# comment, \"quoted\" ] {lineEnd}  " : ", ";
        var list = string.Join(separator, items);
        return Chance(3) ? $"[{lineEnd}  {list}{(list.Length > 0 && Chance(2) ? "," : "")}{lineEnd}]" : $"[{list}]";
    }

    private void Line(string line)
    {
        text.Append(Chance(6) ? "\t " : "").Append(line);
        if (Chance(6))
        {
            text.Append(CultureInfo.InvariantCulture, $" # = [[ \"").Append("it's a comment");
        }

        text.Append(lineEnd);
        if (Chance(5))
        {
            Comment();
        }
    }

    private void Comment() => text.Append(Chance(2) ? "#[[registry]] 'ü" : "").Append(lineEnd);

    private string Equal() => Chance(3) ? "=" : " = ";

    private string Blank() => Chance(4) ? " " : "";

    private List<string> Shuffled(List<string> members)
    {
        for (var i = members.Count - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (members[i], members[other]) = (members[other], members[i]);
        }

        return members;
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
