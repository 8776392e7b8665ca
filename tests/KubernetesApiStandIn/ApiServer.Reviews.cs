// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace KubernetesApiStandIn;

/// <summary>The responses to anonymous requests and to access reviews, in the format of the captured ones.</summary>
public sealed partial class ApiServer
{
    private readonly HashSet<string> reviewers = [];

    /// <summary>The version that <c>/version</c> reports.</summary>
    public string GitVersion { get; set; } = "v1.36.2";

    /// <summary>
    /// Whether anonymous requests for the version are rejected, as with <c>--anonymous-auth=false</c>.
    /// </summary>
    public bool IsVersionHidden { get; set; }

    /// <summary>The issuer in the discovery document, if anonymous users may read it; otherwise null.</summary>
    public string? OpenIssuer { get; set; }

    /// <summary>The audiences for which a ClusterRole permits the group of nodes to request tokens.</summary>
    public HashSet<string> NodeAudiences { get; } = [];

    /// <summary>
    /// Whether an authorizer, for example a webhook, cannot list its rules, so that a rules review reports itself as
    /// incomplete.
    /// </summary>
    public bool AreRulesIncomplete { get; set; }

    /// <summary>Permits the token to create reviews about other users.</summary>
    public void AllowReviews(string token) => reviewers.Add(token);

    private ApiReply? RespondToNobody(string method, string path) =>
        (method, path) switch
        {
            ("GET", "/version") when !IsVersionHidden => new ApiReply(
                200,
                new JsonObject
                {
                    ["major"] = GitVersion[1..].Split('.')[0],
                    ["minor"] = GitVersion.Split('.')[1],
                    ["gitVersion"] = GitVersion,
                    ["platform"] = "linux/amd64",
                }
            ),
            ("GET", "/.well-known/openid-configuration") when OpenIssuer is { } issuer => new ApiReply(
                200,
                new JsonObject { ["issuer"] = issuer, ["jwks_uri"] = issuer + "/openid/v1/jwks" }
            ),
            _ => null,
        };

    private ApiReply Review(string kind, string token, string ns, string serviceAccount, string body)
    {
        var review = JsonNode.Parse(body)!.AsObject();
        var spec = review["spec"]!;
        if (kind == "selfsubjectrulesreviews" && (string)review["kind"]! == "SelfSubjectRulesReview")
        {
            return Rules(ns, serviceAccount, (string)spec["namespace"]!);
        }

        var asked = spec["resourceAttributes"]!;
        switch (kind)
        {
            case "selfsubjectaccessreviews" when (string)review["kind"]! == "SelfSubjectAccessReview":
                return Reviewed(review, May(ns, serviceAccount, asked));
            case "subjectaccessreviews" when (string)review["kind"]! == "SubjectAccessReview":
                break;
            default:
                return Status(404, "NotFound", "the server could not find the requested resource");
        }

        if (!reviewers.Contains(token))
        {
            return Status(
                403,
                "Forbidden",
                "subjectaccessreviews.authorization.k8s.io is forbidden: User "
                    + $"\"system:serviceaccount:{ns}:{serviceAccount}\" cannot create resource "
                    + "\"subjectaccessreviews\" in API group \"authorization.k8s.io\" at the cluster scope"
            );
        }

        if (spec["groups"]!.AsArray().Any(group => (string)group! == "system:nodes"))
        {
            return Reviewed(
                review,
                (string)asked["verb"]! == "request-serviceaccounts-token-audience"
                    && NodeAudiences.Contains((string)asked["resource"]!)
            );
        }

        var user = ((string)spec["user"]!).Split(':');
        return Reviewed(
            review,
            user is ["system", "serviceaccount", var ofNamespace, var name] && May(ofNamespace, name, asked)
        );
    }

    private bool May(string ns, string serviceAccount, JsonNode asked)
    {
        var (where, verb) = ((string)asked["namespace"]!, (string)asked["verb"]!);
        if ((string)asked["resource"]! == "serviceaccounts")
        {
            return verb == "get"
                && (where, (string?)asked["name"]) == (ns, serviceAccount)
                && selfReaders.Contains((ns, serviceAccount));
        }

        return (string)asked["resource"]! == "secrets"
            && (
                (verb is "list" or "get" && roles.Contains((ns, serviceAccount, where)))
                || (verb == "get" && namedRoles.Contains((ns, serviceAccount, where, "*")))
            );
    }

    /// <summary>As kube-apiserver responds: without the spec, and including the rules of system:basic-user.</summary>
    private ApiReply Rules(string ns, string serviceAccount, string where)
    {
        JsonArray rules =
        [
            Rule(["create"], "authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
            Rule(["create"], "authentication.k8s.io", ["selfsubjectreviews"]),
        ];
        if (roles.Contains((ns, serviceAccount, where)))
        {
            rules.Add((JsonNode)Rule(["get", "list"], "", ["secrets"]));
        }

        if (selfReaders.Contains((ns, serviceAccount)))
        {
            rules.Add((JsonNode)Rule(["get"], "", ["serviceaccounts"], serviceAccount));
        }

        foreach (
            var (_, _, _, secret) in namedRoles.Where(role =>
                (role.ServiceAccountNamespace, role.ServiceAccount, role.Namespace) == (ns, serviceAccount, where)
            )
        )
        {
            rules.Add((JsonNode)Rule(["get"], "", ["secrets"], secret == "*" ? [] : [secret]));
        }

        return new ApiReply(
            201,
            new JsonObject
            {
                ["kind"] = "SelfSubjectRulesReview",
                ["apiVersion"] = "authorization.k8s.io/v1",
                ["metadata"] = new JsonObject(),
                ["spec"] = new JsonObject(),
                ["status"] = new JsonObject
                {
                    ["resourceRules"] = rules,
                    ["nonResourceRules"] = new JsonArray(
                        new JsonObject
                        {
                            ["verbs"] = Texts(["get"]),
                            ["nonResourceURLs"] = Texts(["/healthz", "/version"]),
                        }
                    ),
                    ["incomplete"] = AreRulesIncomplete,
                },
            }
        );
    }

    private static JsonObject Rule(string[] verbs, string group, string[] resources, params string[] names)
    {
        var rule = new JsonObject
        {
            ["verbs"] = Texts(verbs),
            ["apiGroups"] = Texts([group]),
            ["resources"] = Texts(resources),
        };
        if (names.Length > 0)
        {
            rule["resourceNames"] = Texts(names);
        }

        return rule;
    }

    private static JsonArray Texts(string[] texts) => [.. texts.Select(text => (JsonNode)text)];

    private static ApiReply Reviewed(JsonObject review, bool isAllowed)
    {
        review["metadata"] = new JsonObject();
        review["status"] = isAllowed
            ? new JsonObject { ["allowed"] = true, ["reason"] = "RBAC: allowed by RoleBinding \"rb/team-a\"" }
            : new JsonObject { ["allowed"] = false };
        return new ApiReply(201, review);
    }
}
