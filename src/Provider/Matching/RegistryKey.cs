// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// A key of a docker config, normalized like in the kubelet's keyring (kubernetes pkg/credentialprovider keyring.go
/// BasicDockerKeyring.Add): without scheme, API path and trailing slash, and with one name for Docker Hub.
/// </summary>
/// <param name="Host">Host and port; may contain globs.</param>
/// <param name="Path">Without leading slash; empty for a whole host.</param>
internal readonly record struct RegistryKey(string Host, string Path)
{
    /// <summary>An image name has at most 255 characters; a glob pattern may need more.</summary>
    public const int MaximumLength = 1024;

    /// <summary>An IPv6 address has brackets, but it is not a glob.</summary>
    public bool IsGlob => Host.AsSpan().ContainsAny('*', '?', '[') && !IsAddress(Host);

    public override string ToString() => Path.Length == 0 ? Host : $"{Host}/{Path}";

    /// <returns>
    /// False for a key that does not name a host, is too long for one, or could contain a password
    /// (<c>user:password@host</c>).
    /// </returns>
    public static bool TryParse(string key, out RegistryKey result)
    {
        result = default;
        if (key.Length > MaximumLength)
        {
            return false;
        }

        var rest = key.AsSpan();
        var hasScheme = StripScheme(ref rest);
        var host = RepositoryName.HostOf(rest);
        var path = rest[host.Length..];
        if (
            path.StartsWith("/v1/", StringComparison.Ordinal)
            || path.StartsWith("/v2/", StringComparison.Ordinal)
            || (hasScheme && path is "/v1" or "/v2")
        )
        {
            path = path[3..];
        }

        path = path.Trim('/');
        if (host.IsEmpty || !IsHost(host) || !IsPrintable(path))
        {
            return false;
        }

        var name =
            host is DockerHub.Index or DockerHub.Server ? DockerHub.Name
            : host.Length == key.Length ? key
            : host.ToString();
        result = new RegistryKey(name, path.ToString());
        return true;
    }

    private static bool StripScheme(ref ReadOnlySpan<char> text)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["https://", "http://"])
        {
            if (text.StartsWith(scheme, StringComparison.Ordinal))
            {
                text = text[scheme.Length..];
                return true;
            }
        }

        return false;
    }

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !".-:*?[]^\\_".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return host.ContainsAnyExcept(".:-");
    }

    /// <summary>A character class in a host's label cannot contain the colons of an IPv6 address.</summary>
    private static bool IsAddress(ReadOnlySpan<char> host) =>
        host.StartsWith('[') && host[..Math.Max(0, host.IndexOf(']'))].Contains(':') && RepositoryGrammar.IsHost(host);

    private static bool IsPrintable(ReadOnlySpan<char> path)
    {
        foreach (var c in path)
        {
            if (c is <= ' ' or '@' or '?' or '#')
            {
                return false;
            }
        }

        return OneLine.IsHarmless(path);
    }
}
