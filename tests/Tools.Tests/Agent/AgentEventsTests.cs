// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Agent;

namespace CrioCredentialProvider.Tests.Agent;

/// <summary>Events about the agent's own pod, against the stand-in API server with TLS.</summary>
public sealed class AgentEventsTests : IDisposable
{
    private readonly Cluster cluster = new();

    public AgentEventsTests() => File.WriteAllText(cluster.At("token"), cluster.Api.Issue("fleet", "agent"));

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task An_event_names_the_pod_of_the_token_and_says_what_readyz_says()
    {
        cluster.Api.AllowEvents("fleet", "agent");
        Assert.Null(await Events().CreateAsync(new AgentStatus(AgentResult.Confirmed, "installed and confirmed")));
        Assert.Null(await Events().CreateAsync(new AgentStatus(AgentResult.Undone, new string('x', 2000))));
        var (good, bad) = (cluster.Api.CreatedEvents.First(), cluster.Api.CreatedEvents.Last());
        Assert.Equal(
            ("Normal", "Confirmed", "installed and confirmed", "Pod", "test-pod", "64d1a61f", "fleet"),
            (
                (string)good["type"]!,
                (string)good["reason"]!,
                (string)good["message"]!,
                (string)good["involvedObject"]!["kind"]!,
                (string)good["involvedObject"]!["name"]!,
                (string)good["involvedObject"]!["uid"]!,
                (string)good["metadata"]!["namespace"]!
            )
        );
        Assert.Equal(
            ("Warning", "Undone", 1024),
            ((string)bad["type"]!, (string)bad["reason"]!, ((string)bad["message"]!).Length)
        );
        Assert.All(cluster.Api.Requests, request => Assert.Equal("POST /api/v1/namespaces/fleet/events", request));
    }

    [Fact]
    public async Task An_account_without_the_permission_is_reported_and_nothing_fails()
    {
        var problem = await Events().CreateAsync(AgentStatus.Starting);
        Assert.StartsWith(
            "the API server answered 403 events is forbidden: User \"system:serviceaccount:fleet:agent\"",
            problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_server_that_is_not_the_clusters_gets_no_token()
    {
        using var other = new Cluster();
        File.Copy(other.At("ca.crt"), cluster.At("ca.crt"), overwrite: true);
        Assert.NotNull(await Events().CreateAsync(AgentStatus.Starting));
        Assert.Empty(cluster.Api.Requests);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_asked()
    {
        File.Delete(cluster.At("token"));
        Assert.Null(await Events().CreateAsync(AgentStatus.Starting));
        Assert.Empty(cluster.Api.Requests);
    }

    private AgentEvents Events() =>
        new(
            Node.Create(name =>
                name switch
                {
                    "KUBERNETES_SERVICE_HOST" => "127.0.0.1",
                    "KUBERNETES_SERVICE_PORT" => $"{cluster.Api.Port}",
                    _ => null,
                }
            ),
            cluster.Folder
        );
}
