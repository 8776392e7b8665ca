// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace CrioCredentialProvider.Mirrors;

/// <summary>The grammar of hosts and paths in repository names (distribution/reference regexp.go).</summary>
internal static class RepositoryGrammar
{
    /// <summary>The longest name that the reference library accepts, in characters.</summary>
    public const int MaximumLength = 255;

    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789._-"
    );

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:");

    /// <summary>
    /// Whether the text is a host with an optional port: labels of letters, digits and inner hyphens, or an IPv6
    /// address in brackets.
    /// </summary>
    public static bool IsHost(ReadOnlySpan<char> text)
    {
        RepositoryName.SplitPort(text, out var name, out var port);
        if (name.Length < text.Length && (port.IsEmpty || port.ContainsAnyExceptInRange('0', '9')))
        {
            return false;
        }

        if (name.StartsWith('['))
        {
            return name.Length > 2 && name[^1] == ']' && !name[1..^1].ContainsAnyExcept(AddressCharacters);
        }

        foreach (var range in name.Split('.'))
        {
            if (!IsLabel(name[range]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether each path component has lower-case letters and digits, with single separators between
    /// them.</summary>
    public static bool IsPath(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            if (!IsPathComponent(path[range]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
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

        return true;
    }

    private static bool IsPathComponent(ReadOnlySpan<char> component) =>
        !component.IsEmpty
        && !component.ContainsAnyExcept(PathCharacters)
        && char.IsAsciiLetterOrDigit(component[0])
        && char.IsAsciiLetterOrDigit(component[^1])
        && !component.Contains("..", StringComparison.Ordinal)
        && !component.Contains("___", StringComparison.Ordinal)
        && !HasMixedSeparators(component);

    /// <summary>A separator is one dot, one or two underscores, or hyphens; different separators are never
    /// adjacent.</summary>
    private static bool HasMixedSeparators(ReadOnlySpan<char> component)
    {
        for (var i = 1; i < component.Length; i++)
        {
            if (
                !char.IsAsciiLetterOrDigit(component[i])
                && !char.IsAsciiLetterOrDigit(component[i - 1])
                && component[i] != component[i - 1]
            )
            {
                return true;
            }
        }

        return false;
    }
}
