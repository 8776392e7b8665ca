// SPDX-License-Identifier: Apache-2.0
using System.Collections.Specialized;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace KubernetesApiStandIn;

/// <summary>
/// The requests of users and nodes: pods and their events, secrets, service accounts, tokens of service accounts, and
/// the discovery with which kubectl begins. Permissions follow RBAC, the Node authorizer and TokenRequest.
/// </summary>
public sealed partial class ApiServer
{
    private readonly Dictionary<string, ApiUser> usersByToken = [];
    private readonly Dictionary<string, ApiUser> usersByName = [];
    private readonly SortedDictionary<(string Namespace, string Name), JsonObject> pods = [];
    private readonly List<JsonObject> events = [];

    /// <summary>
    /// The CA of client certificates, which kube-apiserver always requests. Null if the server does not request them,
    /// so that handshakes can be measured without it.
    /// </summary>
    public Authority? ClientAuthority { get; init; }

    /// <summary>Adds a user who authenticates with a certificate whose common name is the user's name.</summary>
    public void Add(ApiUser user) => usersByName[user.Name] = user;

    /// <summary>Adds a user who authenticates with the returned token.</summary>
    public string Issue(ApiUser user)
    {
        var token = $"token-of-{user.Name.Replace(':', '-')}-{Guid.NewGuid()}";
        usersByToken[token] = user;
        return token;
    }

    /// <param name="json">A Pod as the API returns it.</param>
    public void AddPod(string json)
    {
        var pod = JsonNode.Parse(json)!.AsObject();
        lock (secrets)
        {
            pods[((string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!)] = pod;
        }
    }

    /// <param name="json">An Event as the API returns it.</param>
    public void AddEvent(string json)
    {
        lock (secrets)
        {
            events.Add(JsonNode.Parse(json)!.AsObject());
        }
    }

    private ApiUser? UserOf(string authorization, X509Certificate? certificate) =>
        authorization.StartsWith("Bearer ", StringComparison.Ordinal)
            ? usersByToken.GetValueOrDefault(authorization["Bearer ".Length..])
        : authorization.Length == 0 && certificate is X509Certificate2 known && ClientAuthority!.HasSigned(known)
            ? usersByName.GetValueOrDefault(known.GetNameInfo(X509NameType.SimpleName, forIssuer: false))
        : null;

    private ApiReply ReplyToUser(
        ApiUser user,
        string method,
        string[] segments,
        NameValueCollection query,
        Dictionary<string, string> headers,
        char[] body
    ) =>
        (method, segments) switch
        {
            ("GET", ["api"]) => new ApiReply(
                200,
                new JsonObject { ["kind"] = "APIVersions", ["versions"] = Texts(["v1"]) }
            ),
            ("GET", ["apis"]) => new ApiReply(200, Groups()),
            ("GET", ["api", "v1"]) => new ApiReply(
                200,
                Resources(
                    "v1",
                    ("pods", "Pod"),
                    ("events", "Event"),
                    ("secrets", "Secret"),
                    ("serviceaccounts", "ServiceAccount")
                )
            ),
            ("GET", ["apis", "authorization.k8s.io", "v1"]) => new ApiReply(
                200,
                Resources("authorization.k8s.io/v1", ("selfsubjectaccessreviews", "SelfSubjectAccessReview"))
            ),
            ("GET", ["version"]) => RespondToNobody("GET", "/version")!,
            ("POST", ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]) => ReviewFor(
                user,
                headers.GetValueOrDefault("Impersonate-User"),
                headers.GetValueOrDefault("Content-Type") == KubernetesProtobuf.MediaType
                    ? ProtobufReview.ToJson(Encoding.Latin1.GetBytes(body))
                    : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body))
            ),
            ("GET", ["api", "v1", "namespaces", var ns, "pods", var name]) => Permitted(
                user,
                "get",
                "pods",
                ns,
                name,
                () => Get("Pod", pods, ns, name),
                mayAsNode: pods.TryGetValue((ns, name), out var pod) && (string?)pod["spec"]?["nodeName"] == user.Node
            ),
            ("GET", ["api", "v1", "namespaces", var ns, "events"]) => Permitted(user, "list", "events", ns, null, () =>
                Events(ns, query["fieldSelector"] ?? "")
            ),
            ("GET", ["api", "v1", "namespaces", var ns, "secrets"]) => Permitted(
                user,
                "list",
                "secrets",
                ns,
                null,
                () => List(ns, query)
            ),
            ("GET", ["api", "v1", "namespaces", var ns, "serviceaccounts", var name]) => Permitted(
                user,
                "get",
                "serviceaccounts",
                ns,
                name,
                () => Get("ServiceAccount", serviceAccounts, ns, name)
            ),
            ("POST", ["api", "v1", "namespaces", var ns, "serviceaccounts", var name, "token"]) => Permitted(
                user,
                "create",
                "serviceaccounts/token",
                ns,
                name,
                () => IssueFor(ns, name, new string(body))
            ),
            _ => Status(404, "NotFound", "the server could not find the requested resource"),
        };

    private static ApiReply Permitted(
        ApiUser user,
        string verb,
        string resource,
        string ns,
        string? name,
        Func<ApiReply> reply,
        bool mayAsNode = false
    ) =>
        user.May(verb, resource, ns) || (user.Node is not null && mayAsNode)
            ? reply()
            : Status(
                403,
                "Forbidden",
                $"{resource} {(name is null ? "" : $"\"{name}\" ")}is forbidden: User \"{user.Name}\" cannot {verb} "
                    + $"resource \"{resource}\" in API group \"\" in the namespace \"{ns}\""
            );

    private ApiReply Events(string ns, string fieldSelector)
    {
        var terms = fieldSelector
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(term => term.Split('=', 2))
            .ToArray();
        if (
            terms.FirstOrDefault(term => !term[0].StartsWith("involvedObject.", StringComparison.Ordinal)) is
            { } unknown
        )
        {
            return Status(400, "BadRequest", $"field label not supported: {unknown[0]}");
        }

        lock (secrets)
        {
            var items = events.Where(one =>
                (string?)one["metadata"]?["namespace"] == ns
                && terms.All(term => (string?)one["involvedObject"]?[term[0]["involvedObject.".Length..]] == term[1])
            );
            return new ApiReply(
                200,
                new JsonObject
                {
                    ["kind"] = "EventList",
                    ["apiVersion"] = "v1",
                    ["metadata"] = new JsonObject { ["resourceVersion"] = "557" },
                    ["items"] = new JsonArray([.. items.Select(one => one.DeepClone())]),
                }
            );
        }
    }

    /// <summary>Issues a token that is not bound to a pod, for the request's audience, else the API server's.</summary>
    private ApiReply IssueFor(string ns, string name, string body)
    {
        lock (secrets)
        {
            if (!serviceAccounts.ContainsKey((ns, name)))
            {
                return Status(404, "NotFound", $"serviceaccounts \"{name}\" not found");
            }
        }

        var review = JsonNode.Parse(body)!.AsObject();
        var spec = review["spec"]!.AsObject();
        if ((string?)review["kind"] != "TokenRequest" || spec["expirationSeconds"]?.GetValue<int>() < 600)
        {
            return Status(
                422,
                "Invalid",
                "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: may not "
                    + "specify a duration less than 10 minutes"
            );
        }

        var audience = (string?)spec["audiences"]?.AsArray().FirstOrDefault();
        review["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns };
        review["status"] = new JsonObject
        {
            ["token"] = Issue(ns, name, audience, isBound: false),
            ["expirationTimestamp"] = "2099-12-31T23:59:59Z",
        };
        return new ApiReply(201, review);
    }

    /// <summary>A review for the user, or for the impersonated user (kubectl's <c>--as</c>).</summary>
    private ApiReply ReviewFor(ApiUser user, string? impersonated, string body)
    {
        var review = JsonNode.Parse(body)!.AsObject();
        var asked = review["spec"]!["resourceAttributes"]!;
        var (verb, resource, ns) = (
            (string)asked["verb"]!,
            (string)asked["resource"]!,
            (string?)asked["namespace"] ?? ""
        );
        if (impersonated is null)
        {
            return Reviewed(review, user.May(verb, resource, ns));
        }

        if (impersonated.Split(':') is not ["system", "serviceaccount", var ofNamespace, var name])
        {
            return Status(404, "NotFound", "the stand-in has no such user");
        }

        return user.May("impersonate", "serviceaccounts", ofNamespace)
            ? Reviewed(review, May(ofNamespace, name, asked))
            : Status(
                403,
                "Forbidden",
                $"serviceaccounts \"{name}\" is forbidden: User \"{user.Name}\" cannot impersonate resource "
                    + $"\"serviceaccounts\" in API group \"\" in the namespace \"{ofNamespace}\""
            );
    }

    private static JsonObject Groups()
    {
        var version = new JsonObject { ["groupVersion"] = "authorization.k8s.io/v1", ["version"] = "v1" };
        return new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "authorization.k8s.io",
                    ["versions"] = new JsonArray(version),
                    ["preferredVersion"] = version.DeepClone(),
                }
            ),
        };
    }

    private static JsonObject Resources(string groupVersion, params (string Name, string Kind)[] resources) =>
        new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = groupVersion,
            ["resources"] = new JsonArray([
                .. resources.Select(resource =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = resource.Name,
                            ["singularName"] = "",
                            ["namespaced"] = groupVersion == "v1",
                            ["kind"] = resource.Kind,
                            ["verbs"] = Texts(["create", "get", "list"]),
                        }
                ),
            ]),
        };
}
