// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>A question to an access review: a verb on a resource.</summary>
/// <param name="Verb">For example, <c>list</c>.</param>
/// <param name="Resource">For example, <c>secrets</c>, or an audience.</param>
/// <param name="Namespace">Null for the whole cluster.</param>
/// <param name="Name">The name of one object; null for all.</param>
internal sealed record AccessQuestion(string Verb, string Resource, string? Namespace, string? Name = null);

/// <summary>The user whose permissions are reviewed, if it is not the token's own identity.</summary>
internal sealed record AccessSubject(string User, IReadOnlyList<string> Groups);

/// <summary>The API server's answer to an access review.</summary>
internal enum AccessAnswer
{
    Allowed,
    Denied,

    /// <summary>401: the API server rejects the token itself.</summary>
    TokenRejected,

    /// <summary>403: the token may not ask about other users.</summary>
    MayNotAsk,
}

/// <summary>
/// Asks the API server what a user may do (authorization.k8s.io/v1 SelfSubjectAccessReview, SubjectAccessReview and
/// SelfSubjectRulesReview). The API server evaluates a review and stores nothing.
/// </summary>
internal static class AccessReview
{
    /// <param name="client">The API server's client.</param>
    /// <param name="token">The token that authenticates the request.</param>
    /// <param name="question">The verb and the resource.</param>
    /// <param name="subject">The user to ask about; null for the token's own identity.</param>
    /// <exception cref="ProviderException">The server cannot be reached, or its answer is not a review.</exception>
    public static async Task<AccessAnswer> AskAsync(
        ApiProbeClient client,
        Secret token,
        AccessQuestion question,
        AccessSubject? subject = null
    )
    {
        var path =
            "apis/authorization.k8s.io/v1/" + (subject is null ? "selfsubjectaccessreviews" : "subjectaccessreviews");
        var reply = await client.AskAsync(path, token, ToJson(question, subject));
        return reply.Status switch
        {
            HttpStatusCode.Unauthorized => AccessAnswer.TokenRejected,
            HttpStatusCode.Forbidden => AccessAnswer.MayNotAsk,
            HttpStatusCode.Created
            or HttpStatusCode.OK
                when reply.Find("status", "allowed") is { } allowed && bool.TryParse(allowed, out var isAllowed) =>
                isAllowed ? AccessAnswer.Allowed : AccessAnswer.Denied,
            _ => throw new ProviderException(
                Reasons.ApiServerError,
                $"the API server answers {(int)reply.Status} to an access review",
                "see its log"
            ),
        };
    }

    /// <summary>
    /// Returns the secrets that the token's own identity may get by name. An access review cannot list them: without a
    /// secret's name, the API server denies the request if only some secrets are permitted.
    /// </summary>
    /// <param name="client">Where to ask.</param>
    /// <param name="token">The token that authenticates the request, which asks about itself.</param>
    /// <param name="ns">The namespace of the secrets.</param>
    /// <returns>In order, without duplicates; null if the server does not list them, or lists only some.</returns>
    public static async Task<IReadOnlyList<string>?> AskNamedSecretsAsync(
        ApiProbeClient client,
        Secret token,
        string ns
    )
    {
        try
        {
            var reply = await client.AskAsync(
                "apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                token,
                Body("SelfSubjectRulesReview", new JsonObject { ["namespace"] = ns })
            );
            return reply.Status is HttpStatusCode.Created or HttpStatusCode.OK ? NamedSecretRules.Find(reply) : null;
        }
        catch (ProviderException)
        {
            // The access reviews before this one were answered: use those answers alone.
            return null;
        }
    }

    private static byte[] ToJson(AccessQuestion question, AccessSubject? subject)
    {
        var attributes = new JsonObject { ["verb"] = question.Verb, ["resource"] = question.Resource };
        if (question.Namespace is { } ns)
        {
            attributes["namespace"] = ns;
        }

        if (question.Name is { } name)
        {
            attributes["name"] = name;
        }

        var spec = new JsonObject { ["resourceAttributes"] = attributes };
        if (subject is null)
        {
            return Body("SelfSubjectAccessReview", spec);
        }

        spec["user"] = subject.User;
        spec["groups"] = new JsonArray([.. subject.Groups.Select(group => (JsonNode)group)]);
        return Body("SubjectAccessReview", spec);
    }

    private static byte[] Body(string kind, JsonObject spec) =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["kind"] = kind,
                ["apiVersion"] = "authorization.k8s.io/v1",
                ["spec"] = spec,
            }.ToJsonString()
        );
}
