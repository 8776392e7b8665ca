using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Secrets;

/// <summary>Says in one line what an answer of the API server means and what to do about it.</summary>
internal static class ApiFailure
{
    /// <param name="server">Who answered.</param>
    /// <param name="identity">Who asked.</param>
    /// <param name="status">The HTTP status, not 200.</param>
    /// <param name="message">The server's own message, or empty.</param>
    public static ProviderException Of(ApiServer server, PodIdentity identity, HttpStatusCode status, string message)
    {
        var said = message.Length == 0 ? "" : $": {OneLine.Of(message)}";
        var ns = identity.Namespace;
        var role = RbacNames.For(identity.ServiceAccount);
        return status switch
        {
            HttpStatusCode.Unauthorized => new ProviderException(
                Reasons.Unauthorized,
                $"API server {server.Host} rejects the pod's token (aud \"{string.Join(' ', identity.Audiences)}\", iss \"{identity.Issuer}\")",
                AudienceHint(identity)),
            HttpStatusCode.Forbidden => new ProviderException(
                Reasons.Forbidden,
                $"service account \"{identity.ServiceAccount}\" may not list secrets in namespace \"{ns}\"{said}",
                $"kubectl create role -n {ns} {role} --verb=get,list --resource=secrets && kubectl create rolebinding -n {ns} "
                + $"{role} --role={role} --serviceaccount={ns}:{identity.ServiceAccount ?? "default"}"

                // Only a run without names from the annotation lists; to the shell it is a comment.
                + " # a Role that names secrets needs the annotation passed on"),
            HttpStatusCode.NotFound => new ProviderException(
                Reasons.NamespaceNotFound,
                $"API server {server.Host} has no secrets of namespace \"{ns}\" (404){said}",
                $"check that {server.OriginText} names the Kubernetes API"),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new ProviderException(
                Reasons.ApiServerError,
                $"API server {server.Host} redirects ({(int)status}){said}",
                "the token is not sent anywhere else: give the final address with --api-server"),
            _ => new ProviderException(
                Reasons.ApiServerError, $"API server {server.Host} answers {(int)status}{said}", "see its log")
            {
                IsOutage = IsTransient(status),
            },
        };
    }

    /// <summary>
    /// An API server accepts the issuer of its tokens as audience, unless its <c>--api-audiences</c> says otherwise.
    /// </summary>
    private static string AudienceHint(PodIdentity identity) => identity.Issuer switch
    {
        null or "" => "set serviceAccountTokenAudience in the kubelet's credential provider config to the cluster's issuer",
        var issuer when identity.Audiences.Contains(issuer) =>
            "its audience is its issuer, as it should be: check that its pod and service account still exist, and which "
            + "audiences --api-audiences of the API server names",
        var issuer => "set serviceAccountTokenAudience in the kubelet's credential provider config to the token's issuer: "
            + $"\"{OneLine.Of(issuer)}\"",
    };

    /// <summary>A secret that the service account's annotation names, but that no Role lets it read.</summary>
    /// <param name="identity">Who asked.</param>
    /// <param name="name">The secret that was refused.</param>
    /// <param name="names">All that are named, for the Role.</param>
    public static ProviderException ForbiddenToGet(PodIdentity identity, string name, IReadOnlyList<string> names)
    {
        var ns = identity.Namespace;
        var role = RbacNames.For(identity.ServiceAccount);
        return new ProviderException(
            Reasons.Forbidden,
            $"service account \"{identity.ServiceAccount}\" may not get secret \"{name}\" in namespace \"{ns}\"",
            $"kubectl create role -n {ns} {role} --verb=get --resource=secrets "
            + string.Concat(names.Select(n => $"--resource-name={n} "))
            + $"&& kubectl create rolebinding -n {ns} {role} --role={role} "
            + $"--serviceaccount={ns}:{identity.ServiceAccount ?? "default"}");
    }

    /// <summary>Whether the same request may succeed a moment later.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
