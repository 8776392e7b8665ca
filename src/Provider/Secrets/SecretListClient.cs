using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Secrets;

/// <summary>What a listing came to.</summary>
internal sealed record SecretListing(int Count, IReadOnlyList<Notice> Notices);

/// <summary>
/// Reads the pull secrets of the pod's namespace with the pod's own token: all of them page by page, or those that the
/// service account's annotation names one by one, with the certificate verified,
/// no redirect followed, no proxy asked, and all of it within one budget of time.
/// </summary>
internal sealed class SecretListClient : IDisposable
{
    private const int PageSize = 500;
    private const int MaximumTokenBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly ApiServer server;
    private readonly Secret token;
    private readonly PodIdentity identity;
    private readonly ServerCertificateCheck certificateCheck;
    private readonly HttpMessageInvoker http;
    private string lastProblem = "it did not answer";

    private SecretListClient(ApiServer server, Secret token, PodIdentity identity)
    {
        (this.server, this.token, this.identity) = (server, token, identity);
        certificateCheck = new ServerCertificateCheck(server);
        http = ApiConnection.Open(server, certificateCheck);
    }

    /// <param name="server">Where to ask.</param>
    /// <param name="token">The pod's token.</param>
    /// <param name="identity">Whose token it is.</param>
    /// <param name="names">The secrets to get one by one; null: all of the namespace are listed.</param>
    /// <param name="startOver">Called when what was handed over so far counts for nothing.</param>
    /// <param name="onSecret">Takes each secret.</param>
    /// <exception cref="ProviderException">The list could not be had.</exception>
    public static async Task<SecretListing> ReadAsync(
        ApiServer server,
        Secret token,
        PodIdentity identity,
        IReadOnlyList<string>? names,
        Action startOver,
        PullSecretHandler onSecret)
    {
        using var client = new SecretListClient(server, token, identity);
        using var budget = new CancellationTokenSource(server.Timeout);
        try
        {
            return await client.ReadAllAsync(names, startOver, onSecret, budget.Token);
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested)
        {
            throw new ProviderException(
                Reasons.ApiTimeout,
                $"API server {server.Host} ({server.OriginText}) gave no list within {server.Timeout.TotalSeconds:0.###} s: {client.lastProblem}",
                "check the address, or set --api-server");
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Lists or gets, over and over until it succeeds, fails for good, or the budget is used up.</summary>
    private async Task<SecretListing> ReadAllAsync(
        IReadOnlyList<string>? names, Action startOver, PullSecretHandler onSecret, CancellationToken budget)
    {
        var hasExpired = false;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return names is null ? await ListAsync(onSecret, budget) : await GetEachAsync(names, onSecret, budget);
            }
            catch (TransientException e)
            {
                lastProblem = e.Message;
                await PauseAsync(attempt, e.RetryAfter, budget);
            }
            catch (ExpiredException) when (!hasExpired)
            {
                hasExpired = true;
            }
            catch (ExpiredException)
            {
                throw ApiFailure.Of(server, identity, HttpStatusCode.Gone, "the continue token expired twice");
            }

            startOver();
        }
    }

    private async Task<SecretListing> ListAsync(PullSecretHandler onSecret, CancellationToken budget)
    {
        List<Notice> notices = [];
        HashSet<string>? seen = null;
        var (count, next) = (0, (string?)null);
        do
        {
            var query = $"?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit={PageSize}"
                + (next is null ? "" : "&continue=" + Uri.EscapeDataString(next));
            var page = await GetAsync(query, next is not null, new SecretListParser(identity.Namespace, onSecret, notices), budget);
            if (page.Continue is not null && !(seen ??= []).Add(page.Continue))
            {
                throw Malformed("it gives the same continue token again");
            }

            (count, next) = (count + page.Count, page.Continue);
        }
        while (next is not null);

        return new SecretListing(count, notices);
    }

    /// <summary>One missing secret is a notice; only when none could be read for want of rights the run fails.</summary>
    private async Task<SecretListing> GetEachAsync(
        IReadOnlyList<string> names, PullSecretHandler onSecret, CancellationToken budget)
    {
        List<Notice> notices = [];
        ProviderException? forbidden = null;
        var count = 0;
        foreach (var name in names)
        {
            try
            {
                var parser = new SecretListParser(identity.Namespace, onSecret, notices, SecretDocument.One);
                count += (await GetAsync("/" + name, isContinued: false, parser, budget)).Count;
            }
            catch (ProviderException e) when (e.Reason == Reasons.NamespaceNotFound)
            {
                notices.Add(new Notice(
                    Reasons.NamedSecretMissing, $"Secret \"{name}\" does not exist in namespace \"{identity.Namespace}\""));
            }
            catch (ProviderException e) when (e.Reason == Reasons.Forbidden)
            {
                forbidden = ApiFailure.ForbiddenToGet(identity, name, names);
                notices.Add(new Notice(Reasons.NamedSecretMissing, forbidden.Problem));
            }
        }

        return count == 0 && forbidden is not null ? throw forbidden : new SecretListing(count, notices);
    }

    /// <param name="pathAndQuery">What follows <c>…/secrets</c>.</param>
    /// <param name="isContinued">Whether a continue token is sent, which may have expired.</param>
    /// <param name="parser">Takes the answer's body.</param>
    /// <param name="budget">The end of all talk.</param>
    private async Task<SecretListParser> GetAsync(
        string pathAndQuery, bool isContinued, SecretListParser parser, CancellationToken budget)
    {
        using var request = ApiConnection.Request(
            server, HttpMethod.Get, $"api/v1/namespaces/{identity.Namespace}/secrets{pathAndQuery}");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Reveal());
        try
        {
            using var response = await http.SendAsync(request, budget);
            var body = await response.Content.ReadAsStreamAsync(budget);
            if (response.Content.Headers.ContentEncoding.Contains("gzip"))
            {
                body = new GZipStream(body, CompressionMode.Decompress);
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw await RefusalAsync(response, body, isContinued, budget);
            }

            if (response.Content.Headers.ContentType?.MediaType is not "application/json")
            {
                throw Malformed($"its content type is \"{OneLine.Of(response.Content.Headers.ContentType?.ToString() ?? "")}\"");
            }

            return await ParseAsync(body, parser, budget);
        }
        catch (HttpRequestException e)
        {
            throw ConnectionFailure(e);
        }
        catch (SocketException e)
        {
            // Of a connection that is reset as soon as it stands; the framework wraps it only from its first word on.
            throw new TransientException(OneLine.Of(e.Message), null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new TransientException("the connection broke off in the answer", null);
        }
        catch (OperationCanceledException) when (!budget.IsCancellationRequested)
        {
            throw new TransientException($"no connection within {ApiConnection.ConnectTimeout.TotalSeconds} s", null);
        }
    }

    private async Task<SecretListParser> ParseAsync(Stream body, SecretListParser parser, CancellationToken budget)
    {
        // A TLS record of 16 KiB behind the piece of a text that the one before it ended in.
        var buffer = new byte[32 * 1024];
        var length = 0;
        try
        {
            while (!parser.IsComplete)
            {
                if (length == buffer.Length)
                {
                    if (length >= MaximumTokenBytes)
                    {
                        throw Malformed($"it holds a value of more than {MaximumTokenBytes} bytes");
                    }

                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                var read = await body.ReadAsync(buffer.AsMemory(length), budget);
                length += read;
                var consumed = parser.Feed(buffer.AsSpan(0, length), isFinal: read == 0);
                buffer.AsSpan(consumed, length - consumed).CopyTo(buffer);
                length -= consumed;
            }

            return parser;
        }
        catch (JsonException)
        {
            throw Malformed("it is not JSON");
        }
        catch (InvalidOperationException)
        {
            throw Malformed("it holds text that is not UTF-8");
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }
    }

    private async Task<Exception> RefusalAsync(
        HttpResponseMessage response, Stream body, bool isContinued, CancellationToken budget)
    {
        var status = response.StatusCode;
        if (ApiFailure.IsTransient(status))
        {
            return new TransientException($"it answers {(int)status}", RetryAfter(response.Headers.RetryAfter));
        }

        if (status == HttpStatusCode.Gone && isContinued)
        {
            return new ExpiredException();
        }

        if (response.Headers.Location is { } location)
        {
            return ApiFailure.Of(server, identity, status, location.IsAbsoluteUri ? $"to {location.Authority}" : "to itself");
        }

        return ApiFailure.Of(server, identity, status, await StatusMessageAsync(body, budget));
    }

    /// <summary>The <c>message</c> of a <c>Status</c>; empty when the body is something else.</summary>
    private static async Task<string> StatusMessageAsync(Stream body, CancellationToken budget)
    {
        var buffer = new byte[16 * 1024];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, budget);
        try
        {
            var reader = new Utf8JsonReader(buffer.AsSpan(0, length));
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("message"u8))
                {
                    reader.Read();
                    return reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // An HTML page or another text: the status alone is told.
        }

        return "";
    }

    private Exception ConnectionFailure(HttpRequestException e)
    {
        if (certificateCheck.FailureOf(e) is { } refused)
        {
            return refused;
        }

        return e.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => new ProviderException(
                Reasons.ApiServerUnreachable,
                $"host \"{server.BaseAddress.Host}\" of the API server ({server.OriginText}) is unknown",
                "check the node's name resolution, or set --api-server"),
            SocketException socket => new TransientException(OneLine.Of(socket.Message), null),
            _ => new TransientException("the connection broke off", null),
        };
    }

    /// <summary>Waits longer each time, and never the same: many nodes ask at once after an outage.</summary>
    private Task PauseAsync(int attempt, TimeSpan? retryAfter, CancellationToken budget)
    {
        if (retryAfter >= server.Timeout)
        {
            // It may ask for years. The budget's end alone ends this pause: no request slips in between the two.
            return Task.Delay(Timeout.InfiniteTimeSpan, budget);
        }

        var longest = Math.Min(LongestPause.TotalMilliseconds, 100 * Math.Pow(2, attempt));
        var jittered = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
        return Task.Delay(retryAfter > jittered ? retryAfter.Value : jittered, budget);
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;

    private ProviderException Malformed(string why) => new(
        Reasons.ApiAnswerMalformed,
        $"the answer of API server {server.Host} ({server.OriginText}) is no secret list: {why}",
        "check that the address names the Kubernetes API");

    /// <summary>Worth another attempt within the budget.</summary>
    private sealed class TransientException(string problem, TimeSpan? retryAfter) : Exception(problem)
    {
        public TimeSpan? RetryAfter { get; } = retryAfter;
    }

    /// <summary>The continue token has expired: the list starts over.</summary>
    private sealed class ExpiredException : Exception;
}
