// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP009: finds, reaches and verifies the API server in the same way as the kubelet's run. The server need not answer
/// anonymous requests: 401 and 403 also prove that it is there.
/// </summary>
internal static class ApiServerCheck
{
    public static readonly Check Row = new("CP009", "API server", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var found = new Findings();
        ApiServer? server = null;
        try
        {
            server = view.ApiServer;
            found.Note($"address: {server.Host}, from {server.OriginText}; CA: {server.Trust.Source}");
            foreach (var notice in server.Notices)
            {
                found.Warn(notice.Message);
            }

            if (server.Origin == ApiServerOrigin.Fallback)
            {
                found.Note(
                    "no kubeconfig was found: looked at "
                        + $"{string.Join(", ", view.KubeconfigPlaces.Select(p => $"\"{p}\""))}"
                );
            }

            var reply = await view.AskVersionAsync();
            switch (reply.Status)
            {
                case HttpStatusCode.OK when VersionIn(reply) is { } version:
                    found.Note($"it is Kubernetes {version}");
                    break;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                    found.Note($"it answers {(int)reply.Status} to anonymous requests");
                    break;
                default:
                    found.Fail(
                        $"{server.Host} answers {(int)reply.Status} to a request for its version: it is not a "
                            + "Kubernetes API server, "
                            + "or it is not ready",
                        Fix.Note("set --api-server in args of the provider config, or CRIO_CP_API_SERVER in its env")
                    );
                    break;
            }

            return found.ToResult($"{server.Host} is reachable, and its certificate is good");
        }
        catch (ProviderException e)
        {
            found.Fail(e.Problem, [Fix.Note(e.Hint), .. WithKubeconfig(view, server)]);
            return found.ToResult("");
        }
    }

    /// <summary>
    /// Where a kubelet that is embedded in another program keeps its kubeconfig, which no flag names.
    /// </summary>
    private static readonly string[] Embedded =
    [
        "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
        "/var/lib/rancher/rke2/agent/kubelet.kubeconfig",
        "/var/lib/k0s/kubelet.conf",
        "/var/snap/microk8s/current/credentials/kubelet.config",
    ];

    private static Fix[] WithKubeconfig(NodeView view, ApiServer? server)
    {
        if (server is not { Origin: ApiServerOrigin.Fallback })
        {
            return [];
        }

        return Embedded.FirstOrDefault(path => view.Files.Find(path) is { Kind: FileKind.Regular }) is { } path
            ? ArgsFix.Put("kubeconfig", path)
            :
            [
                Fix.Note("no kubeconfig was found at " + string.Join(", ", view.KubeconfigPlaces)),
                Fix.Note("name the kubelet's with --kubeconfig under args of the provider config"),
            ];
    }

    /// <summary>The API server's version, as one source among others; null if the server does not report it.</summary>
    public static async Task<ComponentVersion?> VersionAsync(NodeView view)
    {
        try
        {
            return VersionIn(await view.AskVersionAsync());
        }
        catch (ProviderException)
        {
            // CP009 reports what is wrong with the API server.
            return null;
        }
    }

    /// <summary>The version in the response to <c>/version</c>; null if the response is not a version.</summary>
    private static ComponentVersion? VersionIn(ApiReply reply) =>
        reply.Status == HttpStatusCode.OK
        && reply.Find("gitVersion") is { } text
        && ComponentVersion.TryFind(text, out var version)
            ? version
            : null;
}
