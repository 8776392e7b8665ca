// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>The kind of a registry's response.</summary>
internal enum AnswerKind
{
    /// <summary>401: the credential is missing or wrong.</summary>
    Unauthorized,

    /// <summary>403: the credential is valid, but not for this repository.</summary>
    Denied,

    /// <summary>404: no such repository or tag.</summary>
    NotFound,

    /// <summary>429: too many pulls.</summary>
    RateLimited,

    /// <summary>CRI-O does not trust the registry's certificate.</summary>
    Certificate,

    /// <summary>The registry did not respond in time.</summary>
    TimedOut,

    /// <summary>The connection was refused, or the host name could not be resolved.</summary>
    Unreachable,

    /// <summary>registries.conf blocks the registry.</summary>
    Blocked,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>Any other error, described by the text.</summary>
    Other,
}

/// <summary>Why CRI-O did not get an image from one location.</summary>
/// <param name="Reference">Registry, repository and tag or digest; empty if the error does not name a location.</param>
/// <param name="Kind">The kind of response.</param>
/// <param name="Text">CRI-O's error on one line.</param>
internal sealed record RegistryAnswer(string Reference, AnswerKind Kind, string Text)
{
    private const string MirrorsFailed = "(Mirrors also failed: ";

    /// <summary>In order of precedence: an error about a certificate may also contain a word of a later row.</summary>
    private static readonly (AnswerKind Kind, string[] Words)[] Kinds =
    [
        (AnswerKind.Blocked, ["is blocked in"]),
        (AnswerKind.Certificate, ["x509:", "certificate signed by", "tls: failed to verify"]),
        (AnswerKind.RateLimited, ["toomanyrequests", "too many requests", "429"]),
        (AnswerKind.TimedOut, ["i/o timeout", "deadline exceeded", "Client.Timeout", "TLS handshake timeout"]),
        (
            AnswerKind.Unreachable,
            [
                "connection refused",
                "no such host",
                "no route to host",
                "network is unreachable",
                "server misbehaving",
                "connection reset",
            ]
        ),
        (AnswerKind.Unauthorized, ["unauthorized", "authentication required", "invalid username/password", "401"]),
        (AnswerKind.Denied, ["denied", "403"]),
        (AnswerKind.NotFound, ["manifest unknown", "name unknown", "not found", "404"]),
        (
            AnswerKind.ServerError,
            ["500 Internal", "502 Bad", "503 Service", "504 Gateway", "received unexpected HTTP status: 5"]
        ),
    ];

    /// <summary>
    /// Splits the error of a pull by location. containers/image (docker/docker_image_src.go newImageSource) writes
    /// <c>(Mirrors also failed: [MIRROR: WHY]\n[MIRROR: WHY]): PRIMARY: WHY</c>; for a single location, it writes only
    /// that location's error.
    /// </summary>
    /// <param name="error">The kubelet's or CRI-O's message.</param>
    /// <param name="image">The image, which is used as the location if the error does not name one.</param>
    public static IReadOnlyList<RegistryAnswer> Parse(string error, string image)
    {
        var start = error.IndexOf(MirrorsFailed, StringComparison.Ordinal);
        if (start < 0)
        {
            return [Of(image, error)];
        }

        var rest = error[(start + MirrorsFailed.Length)..];
        List<RegistryAnswer> answers = [];
        while (rest.StartsWith('['))
        {
            // A mirror's error may contain brackets. It ends at a bracket that the next mirror or the primary location
            // follows.
            var end = new[]
            {
                rest.IndexOf("]\n[", StringComparison.Ordinal),
                rest.IndexOf("] [", StringComparison.Ordinal),
                rest.IndexOf("]\\n[", StringComparison.Ordinal),
                rest.IndexOf("]): ", StringComparison.Ordinal),
            }
                .Where(at => at >= 0)
                .DefaultIfEmpty(-1)
                .Min();
            if (end < 0)
            {
                break;
            }

            answers.Add(Place(rest[1..end]));
            rest = rest[(end + 1)..].TrimStart('\n', ' ').Replace("\\n[", "[", StringComparison.Ordinal);
        }

        return rest.StartsWith("): ", StringComparison.Ordinal)
            ? [.. answers, Place(rest[3..])]
            : [.. answers, Of(image, rest)];
    }

    public static AnswerKind KindOf(string text) =>
        Array.Find(Kinds, kind =>
            Array.Exists(kind.Words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase))
        )
            is { Words: not null } found
            ? found.Kind
            : AnswerKind.Other;

    /// <summary>
    /// A reference contains a colon before its tag or port, but no space, so the first colon that a space follows ends
    /// it.
    /// </summary>
    private static RegistryAnswer Place(string text)
    {
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? Of("", text) : Of(text[..colon], text[(colon + 2)..]);
    }

    private static RegistryAnswer Of(string reference, string text) =>
        new(OneLine.Of(reference), KindOf(text), OneLine.Of(text.Trim()));
}
