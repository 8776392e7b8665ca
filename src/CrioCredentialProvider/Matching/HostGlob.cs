namespace CrioCredentialProvider.Matching;

/// <summary>
/// Host patterns as the kubelet matches them (kubernetes pkg/credentialprovider keyring.go URLsMatch): the port is
/// equal, the number of labels is equal, and each label matches by the rules of Go's <c>filepath.Match</c>.
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

    private static void SplitPort(ref ReadOnlySpan<char> host, out ReadOnlySpan<char> port)
    {
        var colon = host.LastIndexOf(':');
        port = colon < 0 ? [] : host[colon..];
        host = colon < 0 ? host : host[..colon];
    }

    /// <summary>Backtracks to the last star only, so that the time is bounded by the product of the lengths.</summary>
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

    /// <summary>Matches one character; moves behind the pattern's element only when it matches.</summary>
    private static bool MatchOne(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        switch (pattern[p])
        {
            case '?':
                p++;
                return true;
            case '[':
                return MatchClass(pattern, ref p, c);
            case '\\' when p + 1 < pattern.Length && pattern[p + 1] == c:
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

    private static bool MatchClass(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        var close = pattern[p..].IndexOf(']');
        if (close < 2)
        {
            return false;
        }

        var members = pattern[(p + 1)..(p + close)];
        var negated = members[0] == '^';
        members = negated ? members[1..] : members;
        var isMember = false;
        for (var i = 0; i < members.Length; i++)
        {
            var isRange = i + 2 < members.Length && members[i + 1] == '-';
            isMember |= isRange ? c >= members[i] && c <= members[i + 2] : c == members[i];
            i += isRange ? 2 : 0;
        }

        if (isMember == negated)
        {
            return false;
        }

        p += close + 1;
        return true;
    }
}
