// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Parses addresses of API servers: <c>HOST</c>, <c>HOST:PORT</c>, or an https URL whose path is kept.
/// </summary>
internal static class ApiServerAddress
{
    /// <summary>The port of an address that does not name one.</summary>
    public const string DefaultPort = "6443";

    /// <param name="text">The address.</param>
    /// <param name="origin">The source of the address, for the message.</param>
    /// <exception cref="ProviderException">The text is not an address, or its scheme is not https.</exception>
    public static Uri Parse(string text, string origin) =>
        Parse(text, text.Contains("://", StringComparison.Ordinal) ? text : $"https://{WithPort(text)}", origin);

    /// <summary>
    /// Parses a kubeconfig's <c>server</c>. Without a scheme it is https, on port 443 unless it names a port, as in
    /// client-go with a CA (rest.DefaultServerURL).
    /// </summary>
    /// <inheritdoc cref="Parse(string, string)"/>
    public static Uri ParseUrl(string text, string origin) =>
        Parse(text, text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", origin);

    private static Uri Parse(string text, string url, string origin)
    {
        // Uri drops invisible characters such as text direction marks, which would give another host than the one
        // written.
        if (
            text.AsSpan().ContainsAnyExceptInRange('!', '~')
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme != Uri.UriSchemeHttps
            || uri.UserInfo.Length > 0
            || uri.Query.Length > 0
            || uri.Fragment.Length > 0
            || !(uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || RepositoryGrammar.IsHost(uri.Host))
        )
        {
            throw new ProviderException(
                Reasons.ApiServerAddressInvalid,
                $"\"{OneLine.Of(text)}\" from {origin} is not an API server address",
                "give HOST, HOST:PORT or an https:// URL"
            );
        }

        return uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/");
    }

    private static string WithPort(string text)
    {
        if (text.StartsWith('['))
        {
            return text.EndsWith(']') ? $"{text}:{DefaultPort}" : text;
        }

        if (
            IPAddress.TryParse(text, out var address)
            && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        )
        {
            return $"[{text}]:{DefaultPort}";
        }

        return text.Contains(':', StringComparison.Ordinal) ? text : $"{text}:{DefaultPort}";
    }

    /// <summary>Joins host and port of an env file; an IPv6 address gets brackets.</summary>
    public static string Join(string host, string port) =>
        host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
}
