// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Secrets;

/// <summary>Explains a response of the API server in one line, with what to do about it.</summary>
internal static class ApiFailure
{
    private const string CheckAddress = "check that the address names the Kubernetes API";

    /// <param name="server">The server that responded.</param>
    /// <param name="identity">The identity that sent the request.</param>
    /// <param name="refusal">The response.</param>
    public static ProviderException Of(ApiServer server, PodIdentity identity, ApiRefusedException refusal)
    {
        var said = Said(refusal.Message);
        return refusal.Status switch
        {
            HttpStatusCode.Unauthorized => new ProviderException(
                Reasons.Unauthorized,
                $"API server {server.Host} rejects the pod's token (aud \"{string.Join(' ', identity.Audiences)}\", "
                    + $"iss \"{identity.Issuer}\")",
                AudienceHint(identity)
            ),
            HttpStatusCode.Forbidden => ForbiddenToList(identity, refusal.Message),
            HttpStatusCode.NotFound => new ProviderException(
                Reasons.NamespaceNotFound,
                $"API server {server.Host} has no secrets of namespace \"{identity.Namespace}\" (404){said}",
                $"check that {server.OriginText} names the Kubernetes API"
            ),
            HttpStatusCode.Gone => new ProviderException(
                Reasons.ApiServerError,
                $"API server {server.Host} answers 410: the continue token expired twice",
                "see its log"
            ),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new ProviderException(
                Reasons.ApiServerError,
                $"API server {server.Host} redirects ({(int)refusal.Status}){said}",
                "the token is not sent anywhere else: give the final address with --api-server"
            ),
            _ => new ProviderException(
                Reasons.ApiServerError,
                $"API server {server.Host} answers {(int)refusal.Status}{said}",
                "see its log"
            ),
        };
    }

    /// <summary>
    /// An API server accepts its token issuer as audience unless <c>--api-audiences</c> is set otherwise.
    /// </summary>
    private static string AudienceHint(PodIdentity identity) =>
        identity.Issuer switch
        {
            null or "" =>
                "set serviceAccountTokenAudience in the kubelet's credential provider config to the cluster's issuer",
            var issuer when identity.Audiences.Contains(issuer) =>
                "its audience is its issuer, as it should be: check that its pod and service account still exist, and "
                    + "which "
                    + "audiences --api-audiences of the API server names",
            var issuer =>
                "set serviceAccountTokenAudience in the kubelet's credential provider config to the token's issuer: "
                    + $"\"{OneLine.Of(issuer)}\"",
        };

    /// <summary>
    /// The service account may neither list the secrets nor get itself. Either permission is sufficient, together with
    /// <c>get</c> on the secrets.
    /// </summary>
    /// <param name="identity">The identity that sent the request.</param>
    /// <param name="message">The API server's message about the list.</param>
    public static ProviderException ForbiddenToList(PodIdentity identity, string message)
    {
        var (ns, role, account) = (
            identity.Namespace,
            RbacNames.For(identity.ServiceAccount),
            identity.ServiceAccount ?? "default"
        );
        return new ProviderException(
            Reasons.Forbidden,
            $"service account \"{identity.ServiceAccount}\" may not list secrets in namespace \"{ns}\"{Said(message)}",
            $"kubectl create role -n {ns} {role} --verb=get,list --resource=secrets && kubectl create rolebinding -n "
                + $"{ns} "
                + $"{role} --role={role} --serviceaccount={ns}:{account}"
                // A shell reads the second form as a comment.
                + $" # or, for its imagePullSecrets only: {GenerateRole(identity, "NAME,NAME")}"
        );
    }

    /// <summary>A secret is named, but no Role allows the service account to read it.</summary>
    /// <param name="identity">The identity that sent the request.</param>
    /// <param name="name">The secret that the API server refused to return.</param>
    /// <param name="names">All named secrets, for the Role.</param>
    /// <param name="selection">What names them.</param>
    public static ProviderException ForbiddenToGet(
        PodIdentity identity,
        string name,
        IReadOnlyList<string> names,
        SecretSelection selection
    )
    {
        var (ns, role, account) = (
            identity.Namespace,
            RbacNames.For(identity.ServiceAccount),
            identity.ServiceAccount ?? "default"
        );
        return new ProviderException(
            Reasons.Forbidden,
            $"service account \"{identity.ServiceAccount}\" may not get secret \"{name}\" in namespace \"{ns}\"",
            selection == SecretSelection.ImagePullSecrets
                ? GenerateRole(identity, string.Join(',', names))
                : $"kubectl create role -n {ns} {role} --verb=get --resource=secrets "
                    + string.Concat(names.Select(n => $"--resource-name={n} "))
                    + $"&& kubectl create rolebinding -n {ns} {role} --role={role} --serviceaccount={ns}:{account}"
        );
    }

    /// <summary>The service account may not list secrets, and names none to get.</summary>
    public static Notice NamesNoSecret(PodIdentity identity) =>
        new(
            Reasons.NamedSecretMissing,
            $"Service account \"{identity.ServiceAccount}\" may not list secrets in namespace "
                + $"\"{identity.Namespace}\", and its imagePullSecrets name none"
        );

    public static ProviderException Malformed(ApiServer server, string why) =>
        new(
            Reasons.ApiAnswerMalformed,
            $"the answer of API server {server.Host} ({server.OriginText}) is unusable: {why}",
            CheckAddress
        );

    public static ProviderException TooLarge(ApiServer server, PodIdentity identity, long maximumBytes) =>
        new(
            Reasons.SecretListTooLarge,
            $"API server {server.Host} ({server.OriginText}) sends more than {ByteSize.Format(maximumBytes)} for the "
                + $"pull secrets of namespace \"{identity.Namespace}\"",
            "remove secrets that nobody needs, name those to read in the service account's annotation, or raise "
                + "--max-list-size"
        );

    public static ProviderException OutOfTime(ApiServer server, string lastProblem) =>
        new(
            Reasons.ApiTimeout,
            $"API server {server.Host} ({server.OriginText}) did not return the list within "
                + $"{server.Timeout.TotalSeconds:0.###} "
                + $"s: {lastProblem}",
            "check the address, or set --api-server"
        );

    private static string Said(string message) => message.Length == 0 ? "" : $": {OneLine.Of(message)}";

    private static string GenerateRole(PodIdentity identity, string names) =>
        $"crio-credential-provider generate rbac --namespace {identity.Namespace} "
        + $"--service-account {identity.ServiceAccount} --pull-secrets {names} | kubectl apply -f -";
}
