using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// How the API server is talked to, by the kubelet's run and by <c>doctor</c> alike: its certificate is checked before
/// anything is sent, no redirect is followed, no proxy is asked, and names are looked up in files and DNS alone.
/// </summary>
internal static class ApiConnection
{
    /// <summary>For one connection; the rest of the time budget is for another attempt.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <param name="server">Where to, and how to know it.</param>
    /// <param name="check">Decides about its certificate.</param>
    public static HttpMessageInvoker Open(ApiServer server, ServerCertificateCheck check)
    {
        if (server.BaseAddress.HostNameType == UriHostNameType.Dns)
        {
            Libc.ResolveByFilesAndDns();
        }

        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan, // the run is shorter: no timer has to look
            SslOptions = check.ToOptions(),
        });
    }

    /// <summary>A request whose TLS greeting names the server that the certificate must be for.</summary>
    public static HttpRequestMessage Request(ApiServer server, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(server.BaseAddress, path));
        if (server.TlsServerName is { } name && Uri.CheckHostName(name) == UriHostNameType.Dns)
        {
            // A server with several certificates picks by it, as for client-go. An address is never named.
            request.Headers.Host = name;
        }

        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "crio-credential-provider/" + BuildInfo.Version);
        return request;
    }
}
