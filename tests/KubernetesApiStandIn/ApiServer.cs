// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

namespace KubernetesApiStandIn;

/// <summary>
/// Replaces kube-apiserver on loopback, with TLS. It checks what kube-apiserver checks when secrets are listed: the
/// token, its audience, the Role, the field selector and paging. Its responses have the format of the captured ones.
/// </summary>
public sealed partial class ApiServer : IDisposable
{
    private readonly TcpListener listener;
    private readonly X509Certificate2 certificate;
    private readonly Dictionary<string, (string Namespace, string ServiceAccount, string Audience)> tokens = [];
    private readonly HashSet<(string ServiceAccountNamespace, string ServiceAccount, string Namespace)> roles = [];
    private readonly HashSet<(
        string ServiceAccountNamespace,
        string ServiceAccount,
        string Namespace,
        string Secret
    )> namedRoles = [];
    private readonly HashSet<(string Namespace, string ServiceAccount)> selfReaders = [];
    private readonly SortedDictionary<(string Namespace, string Name), JsonObject> secrets = [];
    private readonly SortedDictionary<(string Namespace, string Name), JsonObject> serviceAccounts = [];
    private readonly ConcurrentQueue<string> requests = new();

    public ApiServer(X509Certificate2 certificate, int port = 0)
    {
        this.certificate = certificate;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(512);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The only audience that it accepts. As kube-apiserver's default, it is the cluster's issuer.</summary>
    public string Audience { get; init; } = Token.Audience;

    /// <summary>Responses to return first, in order, whether or not the request's token is valid.</summary>
    public ConcurrentQueue<Answer> Script { get; } = new();

    /// <summary>Whether to close the connection after each scripted response.</summary>
    public bool HangUpAfterScript { get; set; }

    /// <summary>How long each response takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Method and target of each request, in order.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    /// <summary>All issued tokens.</summary>
    public IReadOnlyCollection<string> Tokens => tokens.Keys;

    /// <summary>All added secrets, as JSON.</summary>
    public IReadOnlyCollection<string> Secrets
    {
        get
        {
            lock (secrets)
            {
                return [.. secrets.Values.Select(secret => secret.ToJsonString())];
            }
        }
    }

    /// <summary>The header lines of the last request, without the token.</summary>
    public string LastHeaders { get; private set; } = "";

    /// <summary>The server name (SNI) of the last client; empty if it sent none.</summary>
    public string? LastServerName { get; private set; }

    public string Issue(string ns, string serviceAccount = "default", string? audience = null, bool isBound = true)
    {
        var token = Token.For(ns, serviceAccount, audience ?? Audience, Audience, isBound);
        tokens[token] = (ns, serviceAccount, audience ?? Audience);
        return token;
    }

    public void Allow(string serviceAccountNamespace, string serviceAccount, string ns) =>
        roles.Add((serviceAccountNamespace, serviceAccount, ns));

    /// <summary>Adds a Role with only <c>get</c> on one secret by <c>resourceNames</c>.</summary>
    public void AllowGet(string serviceAccountNamespace, string serviceAccount, string ns, string secret) =>
        namedRoles.Add((serviceAccountNamespace, serviceAccount, ns, secret));

    /// <summary>Adds a Role with <c>get</c> on the service account itself.</summary>
    public void AllowGetSelf(string ns, string serviceAccount) => selfReaders.Add((ns, serviceAccount));

    /// <summary>Creates or replaces a service account.</summary>
    public void AddServiceAccount(string ns, string name, params string[] imagePullSecrets)
    {
        lock (secrets)
        {
            serviceAccounts[(ns, name)] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
                ["imagePullSecrets"] = new JsonArray([
                    .. imagePullSecrets.Select(secret => (JsonNode)new JsonObject { ["name"] = secret }),
                ]),
            };
        }
    }

    /// <param name="json">A Secret as the API returns it, with type and metadata.</param>
    public void Add(string json)
    {
        var secret = JsonNode.Parse(json)!.AsObject();
        var metadata = secret["metadata"]!;
        lock (secrets)
        {
            secrets[((string)metadata["namespace"]!, (string)metadata["name"]!)] = secret;
        }
    }

    public void Remove(string ns, string name)
    {
        lock (secrets)
        {
            secrets.Remove((ns, name));
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var owned = client;
            using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = ClientAuthority is not null,

                    // As with kube-apiserver, a certificate of an unknown CA does not fail the handshake; the response
                    // is 401.
                    RemoteCertificateValidationCallback = (_, client, _, _) => client is null or X509Certificate2,
                }
            );
            LastServerName = tls.TargetHostName;
            var reader = new StreamReader(tls, Encoding.Latin1);
            while (await reader.ReadLineAsync() is { Length: > 0 } requestLine)
            {
                Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    headers[line[..colon]] = line[(colon + 1)..].Trim();
                }

                var body = new char[int.Parse(headers.GetValueOrDefault("Content-Length", "0"))];
                if (body.Length > 0)
                {
                    await reader.ReadBlockAsync(body);
                }

                requests.Enqueue(requestLine[..requestLine.LastIndexOf(' ')]);
                LastHeaders = string.Join(
                    '\n',
                    headers.Where(h => h.Key != "Authorization").Select(h => $"{h.Key}: {h.Value}")
                );
                var isScripted = Script.TryDequeue(out var scripted);
                var answer = isScripted ? scripted! : Respond(requestLine, headers, body, tls.RemoteCertificate);
                if (answer.Bytes is null)
                {
                    client.LingerState = new LingerOption(true, 0);
                    client.Close();
                    return;
                }

                await Task.Delay(Delay);
                await tls.WriteAsync(answer.Bytes);
                await tls.FlushAsync();
                if (isScripted && HangUpAfterScript)
                {
                    return;
                }
            }
        }
        catch (Exception e)
            when (e
                    is IOException
                        or System.Security.Authentication.AuthenticationException
                        or SocketException
                        or ObjectDisposedException
            )
        {
            // The client closed the connection or rejected the certificate. The tests check the client's side.
        }
    }

    private Answer Respond(
        string requestLine,
        Dictionary<string, string> headers,
        char[] body,
        X509Certificate? certificate
    )
    {
        var reply = Reply(requestLine, headers, body, certificate);
        foreach (
            var type in headers.GetValueOrDefault("Accept", "*/*").Split(',').Select(part => part.Split(';')[0].Trim())
        )
        {
            if (type is "application/json" or "*/*")
            {
                return Answer.Of(reply.Code, reply.Body.ToJsonString() + "\n");
            }

            if (type == KubernetesProtobuf.MediaType && KubernetesProtobuf.Knows(reply.Body))
            {
                return Answer.Of(reply.Code, KubernetesProtobuf.Encode(reply.Body), type);
            }
        }

        return Answer.Of(
            406,
            "only the following media types are accepted: application/json, application/vnd.kubernetes.protobuf",
            "text/plain"
        );
    }

    private ApiReply Reply(
        string requestLine,
        Dictionary<string, string> headers,
        char[] body,
        X509Certificate? certificate
    )
    {
        var parts = requestLine.Split(' ');
        var uri = new Uri("https://stand-in" + parts[1]);
        var segments = uri.AbsolutePath.Trim('/').Split('/');
        var token = headers.GetValueOrDefault("Authorization", "");
        if (token.Length == 0 && RespondToNobody(parts[0], uri.AbsolutePath) is { } open)
        {
            return open;
        }

        if (UserOf(token, certificate) is { } user)
        {
            return ReplyToUser(user, parts[0], segments, HttpUtility.ParseQueryString(uri.Query), headers, body);
        }

        if (
            !token.StartsWith("Bearer ", StringComparison.Ordinal)
            || !tokens.TryGetValue(token["Bearer ".Length..], out var who)
            || who.Audience != Audience
        )
        {
            return Status(401, "Unauthorized", "Unauthorized");
        }

        if (parts[0] == "POST" && segments is ["apis", "authorization.k8s.io", "v1", var kind])
        {
            return Review(
                kind,
                token["Bearer ".Length..],
                who.Namespace,
                who.ServiceAccount,
                Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body))
            );
        }

        if (parts[0] == "POST" && segments is ["api", "v1", "namespaces", var eventNamespace, "events"])
        {
            return Create(who, eventNamespace, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
        }

        if (
            parts[0] == "GET"
            && segments is ["api", "v1", "namespaces", var accountNamespace, "serviceaccounts", var account]
        )
        {
            return
                (accountNamespace, account) == (who.Namespace, who.ServiceAccount)
                && selfReaders.Contains((accountNamespace, account))
                ? Get("ServiceAccount", serviceAccounts, accountNamespace, account)
                : Forbidden(who, "get", "serviceaccounts", accountNamespace, account);
        }

        if (
            parts[0] != "GET"
            || segments is not ["api", "v1", "namespaces", var ns, "secrets", .. var rest]
            || rest.Length > 1
        )
        {
            return Status(404, "NotFound", "the server could not find the requested resource");
        }

        if (rest is [var secret])
        {
            return
                roles.Contains((who.Namespace, who.ServiceAccount, ns))
                || namedRoles.Contains((who.Namespace, who.ServiceAccount, ns, secret))
                ? Get("Secret", secrets, ns, secret)
                : Forbidden(who, "get", "secrets", ns, secret);
        }

        return roles.Contains((who.Namespace, who.ServiceAccount, ns))
            ? List(ns, HttpUtility.ParseQueryString(uri.Query))
            : Forbidden(who, "list", "secrets", ns);
    }

    private ApiReply Get(
        string kind,
        SortedDictionary<(string Namespace, string Name), JsonObject> objects,
        string ns,
        string name
    )
    {
        lock (secrets)
        {
            if (!objects.TryGetValue((ns, name), out var found))
            {
                return Status(404, "NotFound", $"{kind.ToLowerInvariant()}s \"{name}\" not found");
            }

            var document = new JsonObject { ["kind"] = kind, ["apiVersion"] = "v1" };
            foreach (var (key, value) in found.Where(member => member.Key is not ("kind" or "apiVersion")))
            {
                document[key] = value?.DeepClone();
            }

            return new ApiReply(200, document);
        }
    }

    private ApiReply List(string ns, System.Collections.Specialized.NameValueCollection query)
    {
        List<JsonObject> all;
        lock (secrets)
        {
            all = [.. secrets.Where(s => s.Key.Namespace == ns).Select(s => s.Value)];
        }

        IEnumerable<JsonObject> selected = all;
        foreach (var term in (query["fieldSelector"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (field, value) = (
                term[..term.IndexOf('=', StringComparison.Ordinal)],
                term[(term.LastIndexOf('=') + 1)..]
            );
            if (field != "type")
            {
                return Status(400, "BadRequest", $"field label not supported: {field}");
            }

            selected = selected.Where(s => (string)s["type"]! == value);
        }

        var start = 0;
        if (query["continue"] is { } given && (!int.TryParse(given, out start) || start <= 0))
        {
            return Status(
                400,
                "BadRequest",
                "invalid continue token: continue key is not valid: invalid character 'm' looking for beginning of "
                    + "value"
            );
        }

        var rest = selected.Skip(start).ToList();
        var limit = int.TryParse(query["limit"], out var asked) && asked > 0 ? asked : int.MaxValue;
        var metadata = new JsonObject { ["resourceVersion"] = "557" };
        if (rest.Count > limit)
        {
            metadata["continue"] = (start + limit).ToString();
        }

        var items = new JsonArray([
            .. rest.Take(limit)
                .Select(s =>
                {
                    // As in kube-apiserver's lists, the items have neither kind nor apiVersion.
                    var item = s.DeepClone().AsObject();
                    item.Remove("kind");
                    item.Remove("apiVersion");
                    return (JsonNode)item;
                }),
        ]);
        var list = new JsonObject
        {
            ["kind"] = "SecretList",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["items"] = items,
        };
        return new ApiReply(200, list);
    }

    private static ApiReply Forbidden(
        (string Namespace, string ServiceAccount, string Audience) who,
        string verb,
        string resource,
        string ns,
        string? name = null
    ) =>
        Status(
            403,
            "Forbidden",
            $"{resource} {(name is null ? "" : $"\"{name}\" ")}is forbidden: User "
                + $"\"system:serviceaccount:{who.Namespace}:{who.ServiceAccount}\" cannot {verb} resource "
                + $"\"{resource}\" in API group \"\" in the namespace \"{ns}\""
        );

    private static ApiReply Status(int code, string reason, string message) =>
        new(
            code,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Failure",
                ["message"] = message,
                ["reason"] = reason,
                ["code"] = code,
            }
        );

    /// <summary>A response before it is encoded in the format that the client accepts.</summary>
    private sealed record ApiReply(int Code, JsonObject Body);
}
