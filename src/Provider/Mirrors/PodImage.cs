// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// An image as a pod names it, and the name that the kubelet derives from it (distribution/reference
/// ParseNormalizedNamed; kubernetes pkg/util/parsers ParseImageName).
/// </summary>
/// <param name="Given">The image as the pod names it.</param>
/// <param name="Name">As it appears in the kubelet's request.</param>
/// <param name="Tag">Null if none is given; the kubelet adds <c>latest</c> if there is no digest either.</param>
/// <param name="Digest">Algorithm, colon, hexadecimal digits; null if none is given.</param>
/// <param name="ShortName">The name without tag and digest if it has no host; otherwise null.</param>
internal sealed record PodImage(string Given, RepositoryName Name, string? Tag, string? Digest, string? ShortName)
{
    private const int MaximumTagLength = 128;

    private static readonly SearchValues<char> TagCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
    );

    private static readonly SearchValues<char> LowerHexDigits = SearchValues.Create("0123456789abcdef");

    /// <param name="text">A reference in any form that a pod may use.</param>
    /// <param name="image">Null if the text is not a reference.</param>
    /// <param name="problem">What is wrong with it, and what to write instead; empty if it is valid.</param>
    public static bool TryParse(string text, out PodImage? image, out string problem)
    {
        image = null;
        problem = ProblemOf(text) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }

        var (given, tag, digest) = Split(text);
        var isName = RepositoryName.TryNormalize(given, out var name, out var hasHost);
        var path = hasHost ? given.AsSpan(given.IndexOf('/', StringComparison.Ordinal)) : given;
        var completedLength = hasHost
            ? given.Length
            : DockerHub.Name.Length + 1 + (path.Contains('/') ? 0 : DockerHub.Library.Length) + given.Length;
        problem =
            tag is not null && !IsTag(tag) ? "its tag must be at most 128 letters, digits, \"_\", \".\" and \"-\""
            : digest is not null && !IsDigest(digest)
                ? "its digest must be \"sha256:\" and 64 lower-case hexadecimal digits, or a sha384 or sha512 one"
            : path.ContainsAnyInRange('A', 'Z') ? "a repository has no upper-case letters"
            : completedLength > RepositoryGrammar.MaximumLength
                ? $"it is longer than {RepositoryGrammar.MaximumLength} characters"
            : !isName ? "it is not a repository name"
            : "";
        if (problem.Length > 0)
        {
            return false;
        }

        image = new PodImage(text, name!, tag, digest, hasHost ? null : given);
        return true;
    }

    /// <summary>The image of a kubelet's request, which does not contain the text in the pod.</summary>
    public static PodImage OfRequest(RepositoryName name) => new(name.Text, name, null, null, null);

    /// <summary>Explains common mistakes better than "not a name"; null for any other text.</summary>
    private static string? ProblemOf(string text) =>
        text.Length == 0 ? "it is empty"
        : text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end
            ? $"an image has no scheme: leave out {SchemeOf(text[..end])}"
        : text.Length == 64 && !text.AsSpan().ContainsAnyExcept(LowerHexDigits)
            ? "64 hexadecimal digits are an ID, not a name"
        : null;

    /// <summary>Quotes only letters, because a password may precede the colon.</summary>
    private static string SchemeOf(string text) =>
        text.All(char.IsAsciiLetter) ? $"\"{text}://\"" : "what ends in \"://\"";

    private static (string Name, string? Tag, string? Digest) Split(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (rest, digest) = at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

        // A colon before the first slash belongs to a port.
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var colon = rest.IndexOf(':', slash < 0 ? 0 : slash);
        return colon < 0 ? (rest, null, digest) : (rest[..colon], rest[(colon + 1)..], digest);
    }

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= MaximumTagLength
        && tag[0] is not ('.' or '-')
        && !tag.AsSpan().ContainsAnyExcept(TagCharacters);

    private static bool IsDigest(string digest)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        var length =
            colon < 0
                ? 0
                : digest[..colon] switch
                {
                    "sha256" => 64,
                    "sha384" => 96,
                    "sha512" => 128,
                    _ => 0,
                };
        return length > 0
            && digest.Length == colon + 1 + length
            && !digest.AsSpan(colon + 1).ContainsAnyExcept(LowerHexDigits);
    }
}
