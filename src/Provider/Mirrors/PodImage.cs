using System.Buffers;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// An image as a pod names it, and what the kubelet makes of it (distribution/reference ParseNormalizedNamed,
/// splitDockerDomain; kubernetes pkg/util/parsers ParseImageName).
/// </summary>
/// <param name="Given">As the pod names it.</param>
/// <param name="Name">Canonical: domain and path, as it stands in the kubelet's request.</param>
/// <param name="Tag">Null when none is given; the kubelet adds <c>latest</c> when there is no digest either.</param>
/// <param name="Digest">Algorithm, colon, hexadecimal digits; null when none is given.</param>
/// <param name="ShortName">The name without tag and digest when it has no domain; null when it has one.</param>
internal sealed record PodImage(string Given, string Name, string? Tag, string? Digest, string? ShortName)
{
    private const int MaximumTagLength = 128;

    private static readonly SearchValues<char> TagCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    private static readonly SearchValues<char> LowerHexDigits = SearchValues.Create("0123456789abcdef");

    /// <param name="text">A reference in any form that a pod may have.</param>
    /// <param name="image">What it says; null when it says nothing.</param>
    /// <param name="problem">What is wrong with it, and what to write instead; empty when nothing is.</param>
    public static bool TryParse(string text, out PodImage? image, out string problem)
    {
        image = null;
        problem = Check(text) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }

        var (name, tag, digest) = Split(text);
        var (domain, path, isShort) = SplitDomain(name);
        var canonical = $"{domain}/{path}";
        problem = tag is not null && !IsTag(tag) ? "its tag must be at most 128 letters, digits, \"_\", \".\" and \"-\""
            : digest is not null && !IsDigest(digest) ? "its digest must be \"sha256:\" and 64 lower-case hexadecimal digits, or a sha384 or sha512 one"
            : path.AsSpan().ContainsAnyInRange('A', 'Z') ? "a repository has no upper-case letters"
            : canonical.Length > ImageReference.MaximumLength ? $"it is longer than {ImageReference.MaximumLength} characters"
            : !ImageReference.IsCanonicalName(canonical) ? "it is not a repository name"
            : "";
        if (problem.Length > 0)
        {
            return false;
        }

        image = new PodImage(text, canonical, tag, digest, isShort ? name : null);
        return true;
    }

    /// <summary>The image of a kubelet's request: what the pod wrote is lost.</summary>
    public static PodImage OfRequest(string name) => new(name, name, null, null, null);

    /// <summary>The slips that deserve a better answer than "not a name".</summary>
    private static string? Check(string text) =>
        text.Length == 0 ? "it is empty"
        : text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end
            ? $"an image has no scheme: leave out {(text[..end].All(char.IsAsciiLetter) ? $"\"{text[..(end + 3)]}\"" : "what ends in \"://\"")}"
        : text.Length == 64 && !text.AsSpan().ContainsAnyExcept(LowerHexDigits) ? "64 hexadecimal digits are an ID, not a name"
        : null;

    private static (string Name, string? Tag, string? Digest) Split(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (rest, digest) = at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

        // A colon in front of a slash is a port's.
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var colon = rest.IndexOf(':', slash < 0 ? 0 : slash);
        return colon < 0 ? (rest, null, digest) : (rest[..colon], rest[(colon + 1)..], digest);
    }

    private static (string Domain, string Path, bool IsShort) SplitDomain(string name)
    {
        var first = ImageReference.Domain(name);
        var hasDomain = first.Length < name.Length
            && (first.SequenceEqual("localhost") || first.ContainsAny('.', ':') || first.ContainsAnyInRange('A', 'Z'));
        var (domain, path) = hasDomain ? (first.ToString(), name[(first.Length + 1)..]) : (DockerHub.Name, name);
        if (domain == DockerHub.Index)
        {
            domain = DockerHub.Name;
        }

        return (domain, domain == DockerHub.Name && !path.Contains('/', StringComparison.Ordinal) ? DockerHub.Library + path : path, !hasDomain);
    }

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= MaximumTagLength && tag[0] is not ('.' or '-') && !tag.AsSpan().ContainsAnyExcept(TagCharacters);

    private static bool IsDigest(string digest)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        var length = colon < 0 ? 0 : digest[..colon] switch
        {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => 0,
        };
        return length > 0 && digest.Length == colon + 1 + length && !digest.AsSpan(colon + 1).ContainsAnyExcept(LowerHexDigits);
    }
}
