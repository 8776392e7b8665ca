// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>What is asked for: a verb on a resource.</summary>
/// <param name="Verb">Such as <c>list</c>.</param>
/// <param name="Resource">Such as <c>secrets</c>, or an audience.</param>
/// <param name="Namespace">Null for the whole cluster.</param>
/// <param name="Name">One object of the resource; null for all.</param>
internal sealed record AccessQuestion(string Verb, string Resource, string? Namespace, string? Name = null);

/// <summary>Whoever it is asked about, when that is not the token's own identity.</summary>
internal sealed record AccessSubject(string User, IReadOnlyList<string> Groups);

/// <summary>What the API server says to an access review.</summary>
internal enum AccessAnswer
{
    Allowed,
    Denied,

    /// <summary>The token itself is refused: 401.</summary>
    TokenRejected,

    /// <summary>The token may not ask this about others: 403.</summary>
    MayNotAsk,
}

/// <summary>
/// Asks the API server what somebody may do (authorization.k8s.io/v1 SelfSubjectAccessReview, SubjectAccessReview and
/// SelfSubjectRulesReview).
/// A review is evaluated and answered, and stored nowhere.
/// </summary>
internal static class AccessReview
{
    /// <param name="client">Where to ask.</param>
    /// <param name="token">Who asks.</param>
    /// <param name="question">What.</param>
    /// <param name="subject">About whom; null: about the token's own identity.</param>
    /// <exception cref="ProviderException">The server cannot be asked, or answers something else.</exception>
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
    /// The secrets that the token's own identity may get by their names. No review of one question tells them: one that
    /// names no secret is denied where only some are allowed.
    /// </summary>
    /// <param name="client">Where to ask.</param>
    /// <param name="token">Who asks, about itself.</param>
    /// <param name="ns">The namespace of the secrets.</param>
    /// <returns>In order, each once; null when the server does not list them, or not all of them.</returns>
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
            // The earlier questions were answered: their answers are used.
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
