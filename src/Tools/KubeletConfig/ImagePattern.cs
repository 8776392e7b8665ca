// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// A pattern of <c>matchImages</c>, or an image to match, split as the kubelet does (kubernetes pkg/credentialprovider
/// keyring.go ParseSchemelessURL, SplitURL, URLsMatch).
/// </summary>
/// <param name="Host">Host, with the port if there is one.</param>
/// <param name="Path">Path with its leading slash; empty if there is none.</param>
internal sealed record ImagePattern(string Host, string Path)
{
    private const string HostPunctuation = "-_.~!$&'()*+,;=:[]<>\"";

    /// <param name="text">As written.</param>
    /// <param name="why">Why Go's <c>url.Parse</c> rejects it; empty if it does not.</param>
    /// <returns>Null if the text is rejected.</returns>
    public static ImagePattern? Parse(string text, out string why)
    {
        why = "";
        if (text.Any(c => c is < ' ' or '\u007F'))
        {
            why = "it has a control character";
            return null;
        }

        // Go's parser treats the text after # or ? as fragment and query, which the comparison ignores.
        var address = text.Split('#')[0].Split('?')[0];
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var (host, path) = slash < 0 ? (address, "") : (address[..slash], address[slash..]);
        host = host[(host.LastIndexOf('@') + 1)..];
        why = HostProblem(host) ?? PathProblem(path) ?? "";
        return why.Length == 0 ? new ImagePattern(host, Uri.UnescapeDataString(path)) : null;
    }

    /// <summary>
    /// The pattern as a report shows it, without the text in front of an <c>@</c>, which could be a password.
    /// </summary>
    public static string Redacted(string text) => Diagnostics.OneLine.WithoutUser(text);

    /// <summary>
    /// Whether the kubelet runs the provider for an image: the ports are equal, the hosts have the same number of
    /// labels and each label matches, and the image's path starts with the pattern's, even in the middle of a
    /// component.
    /// </summary>
    public bool Matches(ImagePattern image) =>
        HostGlob.Matches(Host, image.Host) && image.Path.StartsWith(Path, StringComparison.Ordinal);

    /// <summary>Whether the pattern matches only some of the images below the given registry or repository.</summary>
    public bool MatchesBelow(ImagePattern image) =>
        HostGlob.Matches(Host, image.Host)
        && Path.Length > image.Path.Length
        && Path.StartsWith(image.Path + (image.Path.EndsWith('/') ? "" : "/"), StringComparison.Ordinal)
        && Path.TrimEnd('/') != image.Path;

    /// <summary>The reason if the pattern can never match any image; otherwise null.</summary>
    /// <param name="text">As written.</param>
    public static string? WhyNever(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "it has a scheme: remove it";
        }

        if (text.AsSpan().ContainsAny('?', '#'))
        {
            return "\"?\" and \"#\" end an address: use \"*\"";
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && text.AsSpan(slash).ContainsAny('*', '[', '@'))
        {
            return "a path is compared as a prefix, without globs, which work only in the host";
        }

        if (slash >= 0 && text.AsSpan(slash).Contains(':'))
        {
            return "images are compared without their tag";
        }

        if (text.Any(char.IsAsciiLetterUpper) && slash >= 0 && text[slash..].Any(char.IsAsciiLetterUpper))
        {
            return "repository names are lower case";
        }

        var host = slash < 0 ? text : text[..slash];
        return host is DockerHub.Index or DockerHub.Server ? "the kubelet writes Docker Hub as \"docker.io\"" : null;
    }

    private static string? HostProblem(string host)
    {
        if (
            host.FirstOrDefault(c =>
                c < 0x80 && !char.IsAsciiLetterOrDigit(c) && !HostPunctuation.Contains(c, StringComparison.Ordinal)
            )
                is var bad
            && bad != '\0'
        )
        {
            return $"\"{bad}\" is not allowed in a host";
        }

        var bracket = host.StartsWith('[') ? host.LastIndexOf(']') : -1;
        if (host.StartsWith('[') && bracket < 0)
        {
            return "\"]\" is missing in the host";
        }

        if (
            host.Contains('[', StringComparison.Ordinal)
            && (
                bracket < 0
                || !IPAddress.TryParse(host.AsSpan(1, bracket - 1), out var address)
                || address.AddressFamily != AddressFamily.InterNetworkV6
            )
        )
        {
            // Kubelets built with an older Go treat the brackets as a character class.
            return "brackets in a host are for IPv6 addresses only, since Go 1.24.8";
        }

        var colon = bracket >= 0 ? bracket + 1 : host.LastIndexOf(':');
        var port = colon < 0 || colon >= host.Length ? "" : host[colon..];
        return port.Length > 0 && (port[0] != ':' || port[1..].Any(c => !char.IsAsciiDigit(c)))
            ? $"\"{port}\" is not a port"
            : null;
    }

    private static string? PathProblem(string path)
    {
        for (var i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return "\"%\" does not begin an escape";
            }
        }

        return null;
    }
}
