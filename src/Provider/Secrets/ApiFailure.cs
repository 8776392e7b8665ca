// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Secrets;

/// <summary>Says in one line what an answer of the API server means and what to do about it.</summary>
internal static class ApiFailure
{
    private const string CheckAddress = "check that the address names the Kubernetes API";

    /// <param name="server">Who answered.</param>
    /// <param name="identity">Who asked.</param>
    /// <param name="refusal">The answer.</param>
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
    /// An API server accepts the issuer of its tokens as audience, unless its <c>--api-audiences</c> says otherwise.
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
    /// The service account may neither list the secrets nor get itself. Either right is enough, with <c>get</c> on the
    /// secrets.
    /// </summary>
    /// <param name="identity">Who asked.</param>
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
                // To the shell, the second form is a comment.
                + $" # or, for its imagePullSecrets only: {GenerateRole(identity, "NAME,NAME")}"
        );
    }

    /// <summary>A secret that is named, but that no Role lets the service account read.</summary>
    /// <param name="identity">Who asked.</param>
    /// <param name="name">The secret that was refused.</param>
    /// <param name="names">All that are named, for the Role.</param>
    /// <param name="selection">Who names them.</param>
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

    /// <summary>The service account may not list, and names nothing to get.</summary>
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
