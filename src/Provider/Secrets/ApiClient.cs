// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Secrets;

/// <summary>A request to the API server.</summary>
/// <param name="Path">Relative to the server's address, without a leading slash.</param>
/// <param name="Token">The bearer token; null sends an anonymous request.</param>
/// <param name="Accept">The media type of the response.</param>
/// <param name="Json">The body of a POST; null for a GET.</param>
internal sealed record ApiRequest(string Path, Secret? Token, string Accept, byte[]? Json = null);

/// <summary>
/// Sends requests to the API server, for the kubelet's run and for the tools. It verifies the certificate before it
/// sends anything, follows no redirects, uses no proxy, and finishes before a deadline. It works in the calling thread;
/// only the start of a connection runs in another thread of the framework's HTTP client.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private readonly ApiServer server;
    private readonly ServerCertificateCheck certificateCheck;
    private readonly SslClientAuthenticationOptions tlsOptions;
    private readonly HttpMessageInvoker http;

    /// <param name="server">The server, and how to verify it.</param>
    /// <param name="certificate">
    /// The client certificate, for commands that people run; the kubelet's run has no identity but the pod's token.
    /// </param>
    public ApiClient(ApiServer server, X509Certificate2? certificate = null)
    {
        this.server = server;
        if (server.BaseAddress.HostNameType == UriHostNameType.Dns)
        {
            Libc.ResolveByFilesAndDns();
        }

        Deadline = new Deadline(server.Timeout);
        certificateCheck = new ServerCertificateCheck(server);
        tlsOptions = certificateCheck.ToOptions();
        tlsOptions.TargetHost = NameInTls ?? server.BaseAddress.DnsSafeHost;
        if (certificate is not null)
        {
            // Do not download anything to complete the certificate's chain.
            tlsOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan, // the run is shorter, so no timer is needed
                ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(Connect()),
            }
        );
    }

    /// <summary>When all communication ends: <see cref="ApiServer.Timeout"/> after the client was created.</summary>
    public Deadline Deadline { get; }

    /// <summary>The server name (SNI) by which a server with several certificates selects one; an IP address is never
    /// sent.</summary>
    private string? NameInTls =>
        server.TlsServerName is { } name && Uri.CheckHostName(name) == UriHostNameType.Dns ? name : null;

    /// <param name="request">The request.</param>
    /// <param name="read">Reads the response: any status, and the body as it arrives.</param>
    /// <exception cref="ProviderException">The server is not trusted, or its name does not resolve.</exception>
    /// <exception cref="ApiTransientException">The network failed.</exception>
    public T Ask<T>(ApiRequest request, Func<HttpResponseMessage, Stream, T> read)
    {
        using var message = ToMessage(request);
        try
        {
            using var response = http.Send(message, CancellationToken.None);
            return read(response, response.Content.ReadAsStream(CancellationToken.None));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw Translate(e);
        }
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage ToMessage(ApiRequest request)
    {
        var message = new HttpRequestMessage(
            request.Json is null ? HttpMethod.Get : HttpMethod.Post,
            new Uri(server.BaseAddress, request.Path)
        );
        message.Headers.Host = NameInTls;
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", "crio-credential-provider/" + BuildInfo.Version);
        if (request.Token is { } token)
        {
            message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Reveal());
        }

        if (request.Json is { } json)
        {
            message.Content = new ByteArrayContent(json);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return message;
    }

    private SslStream Connect()
    {
        var tls = new SslStream(ApiSocket.Connect(Resolve(), server.BaseAddress.Port, Deadline));
        try
        {
            tls.AuthenticateAsClient(tlsOptions);
            return tls;
        }
        catch
        {
            tls.Dispose();
            throw;
        }
    }

    private IPAddress[] Resolve()
    {
        var host = server.BaseAddress.DnsSafeHost;
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        // getaddrinfo(3) has no timeout, so its thread is abandoned at the deadline.
        var lookup = Dns.GetHostAddressesAsync(host);
        return ((IAsyncResult)lookup).AsyncWaitHandle.WaitOne(Deadline.Remaining)
            ? lookup.GetAwaiter().GetResult()
            : throw new ApiSocketException("its name was not resolved in time", isOutOfTime: true);
    }

    private Exception Translate(Exception e)
    {
        if (e is HttpRequestException request && certificateCheck.FailureOf(request) is { } untrusted)
        {
            return untrusted;
        }

        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case ApiSocketException socket:
                    return new ApiTransientException(socket.Message, isOutOfTime: socket.IsOutOfTime);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return new ProviderException(
                        Reasons.ApiServerUnreachable,
                        $"host \"{server.BaseAddress.Host}\" of the API server ({server.OriginText}) is unknown",
                        "check the node's name resolution, or set --api-server"
                    );
                case SocketException lookup:
                    return new ApiTransientException(OneLine.Of(lookup.Message));
                default:
                    break;
            }
        }

        return new ApiTransientException(
            e is HttpRequestException ? "the connection was lost" : "the connection was lost during the response"
        );
    }
}
