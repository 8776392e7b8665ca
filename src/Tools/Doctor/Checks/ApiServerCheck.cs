using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP009: the API server is found, reached and trusted in the same way as by the kubelet's run. It need not answer
/// nobody's question: a refusal shows as well that it is there.
/// </summary>
internal static class ApiServerCheck
{
    public static readonly Check Row = new("CP009", "API server", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var found = new Findings();
        try
        {
            var server = view.ApiServer;
            found.See($"address: {server.Host}, from {server.OriginText}; CA: {server.Trust.Source}");
            foreach (var notice in server.Notices)
            {
                found.Warn(notice.Message);
            }

            var reply = await view.AskVersionAsync();
            switch (reply.Status)
            {
                case HttpStatusCode.OK when VersionIn(reply) is { } version:
                    found.See($"it is Kubernetes {version}");
                    break;
                case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                    found.See($"it answers {(int)reply.Status} to anonymous questions");
                    break;
                default:
                    found.Fail(
                        $"{server.Host} answers {(int)reply.Status} to a question for its version: this is no Kubernetes API server, or it is not ready",
                        "set --api-server in args of the provider config, or CRIO_CP_API_SERVER in its env");
                    break;
            }

            return found.ToResult($"{server.Host} is reachable, and its certificate is good");
        }
        catch (ProviderException e)
        {
            found.Fail(e.Problem, e.Hint);
            return found.ToResult("");
        }
    }

    /// <summary>The version that <c>/version</c> tells; null when the answer is something else.</summary>
    public static ComponentVersion? VersionIn(ApiReply reply) =>
        reply.Status == HttpStatusCode.OK && JsonMember.Find(reply.Body, "gitVersion") is { } text
        && ComponentVersion.TryFind(text, out var version)
            ? version
            : null;
}
