// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// A repository: host, port and path, without tag and digest. These are the only rules for comparing images, pull
/// sources and keys of credentials.
/// </summary>
internal sealed class RepositoryName : IEquatable<RepositoryName>
{
    private RepositoryName(string text, int hostLength) => (Text, Host) = (text, text[..hostLength]);

    /// <summary>Host, port and path, for example <c>docker.io/library/nginx</c>.</summary>
    public string Text { get; }

    /// <summary>Host and port (distribution/reference <c>Domain</c>).</summary>
    public string Host { get; }

    /// <summary>The part after the host, without a leading slash; empty for a whole registry.</summary>
    public string Path => Text.Length == Host.Length ? "" : Text[(Host.Length + 1)..];

    /// <summary>
    /// This name, followed by its parents and ending with the host: the keys that CRI-O looks for in an auth file, in
    /// that order (containers/image pkg/docker/config authKeyLookupOrder).
    /// </summary>
    public IEnumerable<string> SelfAndParents
    {
        get
        {
            for (var length = Text.Length; length > 0; length = Parent(Text.AsSpan(0, length)).Length)
            {
                yield return Text[..length];
            }
        }
    }

    /// <summary>
    /// Parses a canonical name (distribution/reference <c>ParseNamed</c>): the host has a dot, a port or an upper-case
    /// letter, or is <c>localhost</c>, so that it cannot be mistaken for a part of the path, and names of Docker Hub
    /// are written in full.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RepositoryName? name)
    {
        name = IsCanonical(text) ? Of(text) : null;
        return name is not null;
    }

    /// <summary>
    /// Parses a name in any form that a pod may use, and expands it for Docker Hub (distribution/reference
    /// <c>ParseNormalizedNamed</c>, <c>splitDockerDomain</c>).
    /// </summary>
    /// <param name="text">Without tag and digest.</param>
    /// <param name="name">Null if the text is not a repository name.</param>
    /// <param name="hasHost">Whether the text itself names a registry.</param>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out RepositoryName? name, out bool hasHost)
    {
        var first = HostOf(text);
        hasHost = first.Length < text.Length && IsCertainlyHost(first);
        var (host, path) = hasHost ? (first.ToString(), text[(first.Length + 1)..]) : (DockerHub.Name, text);
        host = host == DockerHub.Index ? DockerHub.Name : host;
        var isOfficial = host == DockerHub.Name && !path.Contains('/', StringComparison.Ordinal);
        return TryParse($"{host}/{(isOfficial ? DockerHub.Library : "")}{path}", out name);
    }

    /// <summary>A <c>location</c> of registries.conf: a registry, or the repositories below one of its paths.</summary>
    /// <param name="location">
    /// Without scheme and trailing slash; like containers/image, this does not check its grammar.
    /// </param>
    public static RepositoryName OfLocation(string location) => Of(location);

    /// <summary>Whether there can be repositories below this prefix or location.</summary>
    public static bool CanBeginWith(string location) => TryParse($"{location}/a/a", out _);

    /// <summary>
    /// Whether the text equals the parent or is below it. A parent ends at the end of a path component
    /// (containers/image authKeyLookupOrder cuts at slashes). <c>quay.io/team</c> covers <c>quay.io/team/app</c>, but
    /// not <c>quay.io/teamapple</c>; <c>localhost:50</c> does not cover <c>localhost:5000</c>.
    /// </summary>
    public static bool Covers(ReadOnlySpan<char> parent, ReadOnlySpan<char> text) =>
        text.StartsWith(parent, StringComparison.Ordinal)
        && (text.Length == parent.Length || text[parent.Length] == '/');

    /// <summary>The text without its last path component; empty if it has no slash.</summary>
    public static ReadOnlySpan<char> Parent(ReadOnlySpan<char> text) => text[..Math.Max(0, text.LastIndexOf('/'))];

    /// <summary>The part before the first slash: host and port.</summary>
    public static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        return slash < 0 ? text : text[..slash];
    }

    /// <summary>Splits a host into name and port. An IPv6 address keeps its brackets.</summary>
    /// <param name="host">Host and port, or a pattern for them.</param>
    /// <param name="name">The host without the port.</param>
    /// <param name="port">Without the colon; empty if there is none.</param>
    public static void SplitPort(ReadOnlySpan<char> host, out ReadOnlySpan<char> name, out ReadOnlySpan<char> port)
    {
        var colon = host.LastIndexOf(':');
        var hasPort = colon >= 0 && host[^1] != ']';
        name = hasPort ? host[..colon] : host;
        port = hasPort ? host[(colon + 1)..] : [];
    }

    /// <summary>Whether the first component of a name can only be a registry (splitDockerDomain).</summary>
    public static bool IsCertainlyHost(ReadOnlySpan<char> first) =>
        first.ContainsAny('.', ':') || first is "localhost" || first.ContainsAnyInRange('A', 'Z');

    public bool Equals(RepositoryName? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as RepositoryName);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    public static bool operator ==(RepositoryName? left, RepositoryName? right) => Equals(left, right);

    public static bool operator !=(RepositoryName? left, RepositoryName? right) => !Equals(left, right);

    private static RepositoryName Of(string text) => new(text, HostOf(text).Length);

    /// <summary>
    /// The library writes index.docker.io as docker.io, and docker.io/nginx as docker.io/library/nginx. A name that it
    /// would write differently is not canonical.
    /// </summary>
    private static bool IsCanonical(ReadOnlySpan<char> text)
    {
        var host = HostOf(text);
        if (
            host.Length == text.Length
            || text.Length > RepositoryGrammar.MaximumLength
            || !RepositoryGrammar.IsHost(host)
            || !IsCertainlyHost(host)
        )
        {
            return false;
        }

        var path = text[(host.Length + 1)..];
        return RepositoryGrammar.IsPath(path)
            && host is not DockerHub.Index
            && (host is not DockerHub.Name || path.Contains('/'));
    }
}
