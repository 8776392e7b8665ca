using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>One answer of the API server.</summary>
/// <param name="Status">Any: what it means is the check's to say.</param>
/// <param name="Body">At most <see cref="ApiProbeClient.MaximumBytes"/>.</param>
/// <param name="Date">The server's clock, to a second; null when it does not tell.</param>
/// <param name="Asked">The node's clock when the request went out.</param>
/// <param name="Answered">The node's clock when the head of the answer had come.</param>
internal sealed record ApiReply(
    HttpStatusCode Status, string Body, DateTimeOffset? Date, DateTimeOffset Asked, DateTimeOffset Answered);

/// <summary>
/// Asks the API server single questions, once each, over a connection that is judged as the kubelet's run judges it: the
/// same certificate check, no proxy, no redirect.
/// </summary>
internal sealed class ApiProbeClient : IDisposable
{
    public const int MaximumBytes = 64 * 1024;

    private readonly ApiServer server;
    private readonly Func<DateTimeOffset> clock;
    private readonly ServerCertificateCheck certificateCheck;
    private readonly HttpMessageInvoker http;

    public ApiProbeClient(ApiServer server, Func<DateTimeOffset> clock)
    {
        (this.server, this.clock) = (server, clock);
        certificateCheck = new ServerCertificateCheck(server);
        http = ApiConnection.Open(server, certificateCheck);
    }

    /// <param name="path">Below the server's address, without a slash in front.</param>
    /// <param name="token">Sent as bearer token; null asks as nobody.</param>
    /// <param name="json">Posted; null gets.</param>
    /// <exception cref="ProviderException">No answer, or not from a server that is trusted.</exception>
    public async Task<ApiReply> AskAsync(string path, Secret? token = null, byte[]? json = null)
    {
        using var request = ApiConnection.Request(server, json is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Reveal());
        }

        if (json is not null)
        {
            request.Content = new ByteArrayContent(json);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var budget = new CancellationTokenSource(server.Timeout);
        try
        {
            var asked = clock();
            using var response = await http.SendAsync(request, budget.Token);
            var answered = clock();
            var body = new byte[MaximumBytes];
            var length = await (await response.Content.ReadAsStreamAsync(budget.Token))
                .ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, budget.Token);
            return new ApiReply(response.StatusCode, Encoding.UTF8.GetString(body, 0, length), response.Headers.Date, asked, answered);
        }
        catch (HttpRequestException e)
        {
            throw Failure(e);
        }
        catch (SocketException e)
        {
            // Of a connection that is reset as soon as it stands; the framework wraps it only from its first word on.
            throw Unreachable(OneLine.Of(e.Message));
        }
        catch (IOException)
        {
            throw Unreachable("the connection broke off in the answer");
        }
        catch (OperationCanceledException)
        {
            throw new ProviderException(
                Reasons.ApiTimeout,
                budget.IsCancellationRequested
                    ? $"API server {server.Host} ({server.OriginText}) did not answer within {server.Timeout.TotalSeconds:0.###} s"
                    : $"API server {server.Host} ({server.OriginText}): no connection within {ApiConnection.ConnectTimeout.TotalSeconds} s",
                "check the address, or set --api-server");
        }
    }

    public void Dispose() => http.Dispose();

    private ProviderException Failure(HttpRequestException e) => (certificateCheck.FailureOf(e), e.InnerException) switch
    {
        ({ } refused, _) => refused,
        (_, SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }) => new ProviderException(
            Reasons.ApiServerUnreachable,
            $"host \"{server.BaseAddress.Host}\" of the API server ({server.OriginText}) is unknown",
            "check the node's name resolution, or set --api-server"),
        (_, SocketException socket) => Unreachable(OneLine.Of(socket.Message)),
        _ => Unreachable("the connection broke off"),
    };

    private ProviderException Unreachable(string why) => new(
        Reasons.ApiServerUnreachable,
        $"API server {server.Host} ({server.OriginText}) cannot be reached: {why}",
        "check that it runs there and that no firewall is between, or set --api-server");
}
