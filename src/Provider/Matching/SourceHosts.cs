// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>The distinct hosts of the pull sources, to which a key with globs is expanded.</summary>
internal sealed class SourceHosts
{
    /// <summary>
    /// Maximum work of comparing hosts with globs per pull, about two seconds: 20 million comparisons, or fewer with
    /// long character classes. Real namespaces need a few hundred; thousands of globs against thousands of mirrors
    /// would use up the kubelet's whole minute.
    /// </summary>
    private const long MaximumWork = 20_000_000 * WorkOfComparison;

    /// <summary>Of a glob without a class. One with a class takes, in addition, up to the product of the lengths of
    /// glob and host.</summary>
    private const int WorkOfComparison = 25;

    /// <summary>Characters of plain names: without escapes, globs, white space and user name.</summary>
    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:_/"u8
    );

    private readonly HashSet<string> hosts;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names;
    private readonly char[] text = new char[255]; // reused for each key; fits the host of any image
    private readonly bool hasHubServer;
    private readonly long hostLengths;
    private long work;

    public SourceHosts(IEnumerable<string> all)
    {
        hosts = new HashSet<string>(all, StringComparer.Ordinal);
        names = hosts.GetAlternateLookup<ReadOnlySpan<char>>();
        hasHubServer = hosts.Contains(DockerHub.Server);
        hostLengths = hosts.Sum(host => (long)host.Length);
    }

    /// <summary>Whether globs were ignored because comparing them would take too long.</summary>
    public bool HasIgnoredGlobs { get; private set; }

    /// <summary>
    /// Whether a key's bytes, without parsing, show that it is a valid registry name that matches no source. Most keys
    /// of a namespace are; all others must be parsed.
    /// </summary>
    /// <param name="key">The raw text of the key between the quotes.</param>
    public bool IsElsewhere(ReadOnlySpan<byte> key)
    {
        var slash = key.IndexOf((byte)'/');
        var host = slash < 0 ? key : key[..slash];

        // Without a dot it could be a scheme or "auths", and docker.io has several names.
        if (
            host.Length > text.Length
            || key.Length > RegistryKey.MaximumLength
            || !host.Contains((byte)'.')
            || !char.IsAsciiLetterOrDigit((char)host[0])
            || host.EndsWith("docker.io"u8)
            || key.ContainsAnyExcept(NameCharacters)
        )
        {
            return false;
        }

        return !names.Contains(text.AsSpan(0, Encoding.ASCII.GetChars(host, text)));
    }

    /// <summary>The key, expanded to the host of each source that its globs match.</summary>
    public IEnumerable<string> Expand(RegistryKey key)
    {
        var hasClass = key.Host.Contains('[', StringComparison.Ordinal);
        work += (hosts.Count * WorkOfComparison) + (hasClass ? hostLengths * key.Host.Length : 0);
        if (work > MaximumWork)
        {
            HasIgnoredGlobs = true;
            return [];
        }

        return hosts
            .Where(host => HostGlob.Matches(key.Host, host))
            .Select(host => (key with { Host = host }).ToString());
    }

    /// <summary>
    /// The key with Docker Hub's server as its host if a location names that server, because a Docker Hub key applies
    /// to it as well. Null otherwise.
    /// </summary>
    public string? AtHubServer(RegistryKey key) =>
        hasHubServer && key.Host == DockerHub.Name ? (key with { Host = DockerHub.Server }).ToString() : null;
}
