// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// Creates Events for the agent's own pod, in the pod's namespace. The pod's service account token names the pod.
/// Without a token there are no events, and no requests to the API server.
/// </summary>
/// <param name="node">Its environment has the address of the API server, which Kubernetes sets in every
/// container.</param>
/// <param name="directory">Where Kubernetes mounts the token.</param>
internal sealed class AgentEvents(Node node, string directory = AgentEvents.UsualDirectory)
{
    public const string UsualDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>
    /// The API server rejects longer messages (kubernetes pkg/apis/core/validation/events.go, NoteLengthLimit).
    /// </summary>
    private const int LongestMessage = 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <returns>Why the event was not created; null if it was created, or if the pod has no token.</returns>
    public async Task<string?> CreateAsync(AgentStatus status)
    {
        try
        {
            var files = new NodeFilesReader("/");
            if (
                node.Environment("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host
                || node.Environment("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port
                || files.ReadText($"{directory}/token") is not { } text
            )
            {
                return null;
            }

            var token = new Secret(text.Trim());
            var identity = TokenParser.Parse(token);
            if (identity.Pod is not { } pod)
            {
                return "the service account token does not name a pod";
            }

            using var client = new ApiProbeClient(Server(host, port), node.Clock);
            var reply = await client.AskAsync(
                $"api/v1/namespaces/{identity.Namespace}/events",
                token,
                Body(status, identity, pod, node.Clock())
            );
            return reply.Status == HttpStatusCode.Created
                ? null
                : $"the API server answered {(int)reply.Status} {OneLine.Of(reply.Find("message") ?? "")}".TrimEnd();
        }
        catch (ProviderException e)
        {
            return e.Problem;
        }
        catch (FactUnknownException e)
        {
            return e.Message;
        }
    }

    private ApiServer Server(string host, string port) =>
        ApiServerLocator.Locate(
            new ApiServerOptions(
                ApiServerAddress.Join(host, port),
                EnvFile: "",
                Kubeconfig: null,
                CertificateAuthority: $"{directory}/ca.crt",
                TlsServerName: null,
                InsecureSkipTlsVerify: false,
                Longest
            ),
            node.ApiFiles
        ) with
        {
            OriginText = "KUBERNETES_SERVICE_HOST",
        };

    private static byte[] Body(AgentStatus status, PodIdentity identity, string pod, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var message = status.Reason.Length > LongestMessage ? status.Reason[..LongestMessage] : status.Reason;
        var json = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["generateName"] = $"{pod}.", ["namespace"] = identity.Namespace },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Pod",
                ["namespace"] = identity.Namespace,
                ["name"] = pod,
                ["uid"] = identity.PodUid,
            },
            ["type"] = status.IsAsWanted ? "Normal" : "Warning",
            ["reason"] = status.Result.ToString(),
            ["message"] = message,
            ["firstTimestamp"] = time,
            ["lastTimestamp"] = time,
            ["count"] = 1,
            ["source"] = new JsonObject { ["component"] = BuildInfo.Program },
            ["reportingComponent"] = BuildInfo.Program,
            ["reportingInstance"] = pod,
        };
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
