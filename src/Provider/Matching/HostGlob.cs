// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Host patterns as the kubelet matches them (kubernetes pkg/credentialprovider keyring.go URLsMatch): the port must be
/// equal, the number of labels must be equal, and each label matches by the rules of Go's <c>filepath.Match</c>.
/// </summary>
internal static class HostGlob
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> host)
    {
        SplitPort(ref pattern, out var patternPort);
        SplitPort(ref host, out var port);
        if (!patternPort.SequenceEqual(port) || pattern.Count('.') != host.Count('.'))
        {
            return false;
        }

        while (true)
        {
            var (patternDot, dot) = (pattern.IndexOf('.'), host.IndexOf('.'));
            if (!LabelMatches(dot < 0 ? pattern : pattern[..patternDot], dot < 0 ? host : host[..dot]))
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            pattern = pattern[(patternDot + 1)..];
            host = host[(dot + 1)..];
        }
    }

    /// <summary>As Go's <c>net.SplitHostPort</c>, it removes the brackets of an IPv6 address in front of a
    /// port.</summary>
    private static void SplitPort(ref ReadOnlySpan<char> host, out ReadOnlySpan<char> port)
    {
        RepositoryName.SplitPort(host, out var name, out port);
        host =
            name.Length < host.Length && name is ['[', _, .., ']'] && name.IndexOf(']') == name.Length - 1
                ? name[1..^1]
                : name;
    }

    /// <summary>Backtracks only to the last star, which limits the time to the product of the lengths.</summary>
    private static bool LabelMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> label)
    {
        var (p, i, star, starAt) = (0, 0, -1, 0);
        while (i < label.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, starAt) = (p++, i);
            }
            else if (p < pattern.Length && MatchOne(pattern, ref p, label[i]))
            {
                i++;
            }
            else if (star >= 0)
            {
                (p, i) = (star + 1, ++starAt);
            }
            else
            {
                return false;
            }
        }

        return !pattern[p..].ContainsAnyExcept('*');
    }

    /// <summary>Matches one character; advances past the pattern's element only on a match.</summary>
    private static bool MatchOne(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        switch (pattern[p])
        {
            case '?':
                p++;
                return true;
            case '[':
                return MatchClass(pattern, ref p, c);
            case '\\':
                if (p + 1 >= pattern.Length || pattern[p + 1] != c)
                {
                    return false;
                }

                p += 2;
                return true;
            default:
                if (pattern[p] != c)
                {
                    return false;
                }

                p++;
                return true;
        }
    }

    /// <summary>
    /// <c>[ab]</c>, <c>[a-z]</c>, <c>[^a]</c>: at least one member, which cannot be a bare <c>-</c> or <c>]</c>. A
    /// malformed class matches nothing, as in the kubelet.
    /// </summary>
    private static bool MatchClass(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        var at = p + 1;
        var isNegated = at < pattern.Length && pattern[at] == '^';
        at += isNegated ? 1 : 0;
        var (isMember, hasMembers) = (false, false);
        while (at < pattern.Length && !(pattern[at] == ']' && hasMembers))
        {
            if (!TryTakeMember(pattern, ref at, out var low))
            {
                return false;
            }

            var high = low;
            if (at < pattern.Length && pattern[at] == '-')
            {
                at++;
                if (!TryTakeMember(pattern, ref at, out high))
                {
                    return false;
                }
            }

            isMember |= low <= c && c <= high;
            hasMembers = true;
        }

        if (at >= pattern.Length || isMember == isNegated)
        {
            return false;
        }

        p = at + 1;
        return true;
    }

    private static bool TryTakeMember(ReadOnlySpan<char> pattern, ref int at, out char member)
    {
        member = default;
        if (at < pattern.Length && pattern[at] == '\\')
        {
            at++;
        }
        else if (at < pattern.Length && pattern[at] is '-' or ']')
        {
            return false;
        }

        if (at >= pattern.Length)
        {
            return false;
        }

        member = pattern[at++];
        return true;
    }
}
