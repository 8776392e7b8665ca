// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Recognizes a docker config in the form that <c>kubectl create secret docker-registry</c> writes, with entries for
/// other registries only. Most secrets of a large namespace are like that, and this scan costs less than half of
/// parsing the JSON (docs/adr/0026).
/// </summary>
internal ref struct CompactDockerConfig
{
    /// <summary>Characters that end the scan of a string: its quote, and those that only <see
    /// cref="DockerConfigReader"/> can interpret.</summary>
    private static readonly SearchValues<byte> EndOfString = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, ' ').Select(control => (byte)control),
    ]);

    private ReadOnlySpan<byte> rest;

    /// <summary>
    /// Whether the document is <c>{"auths":{KEY:{NAME:TEXT,…},…}}</c> without white space and escapes, and all keys are
    /// for other registries. Such a document is always valid: to Go, each field of an entry is a string or unknown.
    /// </summary>
    /// <param name="document">The docker config.</param>
    /// <param name="hosts">The hosts of the pull sources.</param>
    /// <returns>False if the document needs to be parsed.</returns>
    public static bool IsForOthers(ReadOnlySpan<byte> document, SourceHosts hosts) =>
        new CompactDockerConfig { rest = document }.IsForOthers(hosts);

    private bool IsForOthers(SourceHosts hosts)
    {
        if (!Skip("{\"auths\":{"u8))
        {
            return false;
        }

        do
        {
            if (!SkipString(out var key) || !hosts.IsElsewhere(key) || !Skip(":{"u8) || !SkipFields())
            {
                return false;
            }
        } while (Skip((byte)','));
        return rest.SequenceEqual("}}"u8);
    }

    private bool SkipFields()
    {
        do
        {
            if (!SkipString(out _) || !Skip((byte)':') || !SkipString(out _))
            {
                return false;
            }
        } while (Skip((byte)','));
        return Skip((byte)'}');
    }

    private bool SkipString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Skip((byte)'"'))
        {
            return false;
        }

        var length = rest.IndexOfAny(EndOfString);
        if (length < 0 || rest[length] != '"')
        {
            return false;
        }

        text = rest[..length];
        rest = rest[(length + 1)..];
        return true;
    }

    private bool Skip(byte character)
    {
        if (rest.IsEmpty || rest[0] != character)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    private bool Skip(ReadOnlySpan<byte> text)
    {
        if (!rest.StartsWith(text))
        {
            return false;
        }

        rest = rest[text.Length..];
        return true;
    }
}
