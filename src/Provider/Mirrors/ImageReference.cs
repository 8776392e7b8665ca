using System.Buffers;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// The grammar of repository names: a domain and a path, without tag and digest (distribution/reference regexp.go).
/// </summary>
internal static class ImageReference
{
    /// <summary>The longest name that the reference library accepts.</summary>
    public const int MaximumLength = 255;

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:");

    /// <summary>
    /// Whether this is a canonical name, as <c>reference.ParseNamed</c> wants it: the domain has a dot or a port or is
    /// <c>localhost</c>, so that it cannot be taken for a part of the path.
    /// </summary>
    public static bool IsCanonicalName(ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        if (slash <= 0 || name.Length > MaximumLength || !IsDomain(name[..slash]))
        {
            return false;
        }

        var domain = name[..slash];
        if (!domain.ContainsAny('.', ':') && !domain.SequenceEqual("localhost") && !ContainsUpper(domain))
        {
            return false;
        }

        var path = name[(slash + 1)..];
        if (domain.SequenceEqual(DockerHub.Index) || (domain.SequenceEqual(DockerHub.Name) && !path.Contains('/')))
        {
            // The library writes index.docker.io as docker.io, and docker.io/nginx as docker.io/library/nginx: what it
            // would write in another way is not canonical.
            return false;
        }

        return IsPath(path);
    }

    /// <summary>The part in front of the first slash: host and port.</summary>
    public static ReadOnlySpan<char> Domain(ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        return slash < 0 ? name : name[..slash];
    }

    /// <summary>Whether this is a host with an optional port: labels of letters, digits and inner hyphens, or an
    /// IPv6 address in brackets.</summary>
    public static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var host = domain;
        if (domain.StartsWith('['))
        {
            var close = domain.IndexOf(']');
            if (close < 2 || domain[1..close].ContainsAnyExcept(AddressCharacters))
            {
                return false;
            }

            return close == domain.Length - 1 || IsPort(domain[(close + 1)..]);
        }

        var colon = domain.IndexOf(':');
        if (colon >= 0)
        {
            if (!IsPort(domain[colon..]))
            {
                return false;
            }

            host = domain[..colon];
        }

        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Path components of lower-case letters and digits, with single separators inside.</summary>
    public static bool IsPath(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            var component = path[range];
            if (component.IsEmpty || component.ContainsAnyExcept(PathCharacters)
                || !char.IsAsciiLetterOrDigit(component[0]) || !char.IsAsciiLetterOrDigit(component[^1])
                || component.Contains("..", StringComparison.Ordinal)
                || component.Contains("___", StringComparison.Ordinal)
                || HasMixedSeparators(component))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Separators are one dot, one or two underscores, or hyphens; different ones never touch.</summary>
    private static bool HasMixedSeparators(ReadOnlySpan<char> component)
    {
        for (var i = 1; i < component.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(component[i]) && !char.IsAsciiLetterOrDigit(component[i - 1])
                && component[i] != component[i - 1])
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] == ':' && !text[1..].ContainsAnyExceptInRange('0', '9');

    private static bool ContainsUpper(ReadOnlySpan<char> text) => text.ContainsAnyInRange('A', 'Z');
}
