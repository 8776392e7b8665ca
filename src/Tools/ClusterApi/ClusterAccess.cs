// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>
/// Access to the cluster with the rights of the user who runs the command, through the kubeconfig that kubectl would
/// use. On a node without one, the kubelet's kubeconfig is used: a node may read its pods.
/// </summary>
internal sealed class ClusterAccess : IDisposable
{
    /// <summary>
    /// Enough for a pod with its status, a token, or the events of one pod, which are at most a few dozen.
    /// </summary>
    private const int MaximumBytes = 8 * 1024 * 1024;

    /// <summary>One hour, which is also the lifetime of a token from <c>kubectl create token</c>.</summary>
    private const int TokenSeconds = 3600;

    private readonly KubeconfigUser user;
    private readonly ApiProbeClient client;

    private ClusterAccess(string path, ApiServer server, KubeconfigUser user, Node node)
    {
        (Path, Server, this.user) = (path, server, user);
        client = new ApiProbeClient(server, node.Clock, user.Certificate);
    }

    /// <summary>The path of the kubeconfig.</summary>
    public string Path { get; }

    public ApiServer Server { get; }

    /// <param name="settings">An explicit kubeconfig, the address, the CA and the time budget.</param>
    /// <param name="node">For HOME and KUBECONFIG, and the running kubelet's command line.</param>
    /// <param name="includeKubelets">Whether the kubelet's own kubeconfig may be used.</param>
    /// <exception cref="ProviderException">
    /// There is no kubeconfig, or the first one cannot be used. If the exception has no hint, the caller adds one.
    /// </exception>
    public static ClusterAccess Open(Settings settings, Node node, bool includeKubelets)
    {
        var files = node.ApiFiles;
        foreach (var path in Candidates(settings, node, includeKubelets))
        {
            if (files.Read(path, Reasons.KubeconfigInvalid) is { } bytes)
            {
                var user = KubeconfigUser.Parse(path, bytes, files);
                return new ClusterAccess(path, Locate(settings, path, files), user, node);
            }

            if (settings.Kubeconfig is not null)
            {
                throw KubeconfigUser.Unusable(path, "there is no such file");
            }
        }

        throw new ProviderException(
            Reasons.KubeconfigInvalid,
            "there is no kubeconfig here (--kubeconfig, $KUBECONFIG, ~/.kube/config)",
            ""
        );
    }

    /// <summary>Requests a token of a service account, for the API server's own audience, not bound to a pod.</summary>
    /// <exception cref="ProviderException">The API server did not issue the token.</exception>
    public Secret RequestToken(string ns, string serviceAccount)
    {
        var body = new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["spec"] = new JsonObject { ["expirationSeconds"] = TokenSeconds },
        };
        var reply = Ask(
            $"api/v1/namespaces/{ns}/serviceaccounts/{serviceAccount}/token",
            Encoding.UTF8.GetBytes(body.ToJsonString())
        );
        return reply.Status == HttpStatusCode.Created && reply.Find("status", "token") is { } token
            ? new Secret(token)
            : throw Refused(reply, $"issued no token for service account \"{serviceAccount}\" in namespace \"{ns}\"");
    }

    /// <summary>Reads an object or a list as JSON.</summary>
    /// <param name="path">Below the server's address.</param>
    /// <param name="what">The object's name for the message, for example <c>pod "team-a/web"</c>.</param>
    /// <exception cref="ProviderException">It cannot be read; the message says why.</exception>
    public string Read(string path, string what)
    {
        var reply = Ask(path, null);
        return reply.Status == HttpStatusCode.OK ? reply.Body : throw Refused(reply, $"does not return {what}");
    }

    public void Dispose() => client.Dispose();

    private ApiReply Ask(string path, byte[]? json) =>
        client.AskAsync(path, user.Token, json, MaximumBytes).GetAwaiter().GetResult();

    private ProviderException Refused(ApiReply reply, string what)
    {
        var why = reply.Find("message") is { Length: > 0 } message
            ? OneLine.Of(message)
            : $"HTTP status {(int)reply.Status}";
        return new ProviderException(
            Reasons.ApiServerError,
            $"API server {Server.Host} ({Server.OriginText}) {what}: {why}",
            ""
        );
    }

    private static ApiServer Locate(Settings settings, string path, ApiServerFiles files) =>
        ApiServerLocator.Locate(
            new ApiServerOptions(
                settings.ApiServer,
                EnvFile: "",
                path,
                settings.CertificateAuthority,
                settings.TlsServerName,
                settings.InsecureSkipTlsVerify,
                settings.Timeout
            ),
            files with
            {
                ParentArguments = [],
            }
        );

    private static IEnumerable<string> Candidates(Settings settings, Node node, bool includeKubelets)
    {
        if (settings.Kubeconfig is { } given)
        {
            return [given];
        }

        var variable = node.Environment("KUBECONFIG") ?? "";
        var home = node.Environment("HOME") is { Length: > 0 } directory ? directory + "/.kube/config" : null;
        IEnumerable<string> own =
            variable.Length > 0 ? variable.Split(':', StringSplitOptions.RemoveEmptyEntries)
            : home is not null ? [home, .. node.ApiFiles.AdministratorKubeconfigs]
            : node.ApiFiles.AdministratorKubeconfigs;
        return includeKubelets ? [.. own, .. Kubelets(node)] : own;
    }

    private static IEnumerable<string> Kubelets(Node node)
    {
        IReadOnlyList<string>? arguments = node.ApiFiles.ParentArguments;
        try
        {
            arguments ??= NodeProcess.Find(new NodeFilesReader("/"), "kubelet")?.Arguments;
        }
        catch (FactUnknownException)
        {
            // Only root can read other users' processes. The well-known files remain.
        }

        return KubeletArgumentsReader.Flag(arguments ?? [], "--kubeconfig") is { } path
            ? [path, .. node.ApiFiles.Kubeconfigs]
            : node.ApiFiles.Kubeconfigs;
    }
}
