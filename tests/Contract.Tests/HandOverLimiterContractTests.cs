// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>The published binary under a kubelet that limits its pulls: registryPullQPS and registryBurst.</summary>
public sealed class HandOverLimiterContractTests
{
    [Fact]
    public async Task Thirty_pods_under_its_limiter_do_not_wait_and_are_ready_as_soon_as_with_public_images()
    {
        // At once, so that both have the same machine.
        var publicSchedule = Task.Run(() => Schedule(isPublic: true));
        var (ready, waits) = Schedule(isPublic: false);
        Assert.All(waits, wait => Assert.InRange(wait, 0, 1.5 * HandOverKubeletContractTests.Slowness));
        var (publicReady, _) = await publicSchedule;
        Assert.InRange(ready, 0, publicReady + (3 * HandOverKubeletContractTests.Slowness));
    }

    /// <summary>30 pods, 3 namespaces, 3 images each, registryPullQPS 5 and registryBurst 10.</summary>
    /// <returns>When all were ready, in seconds, and how long runs waited for files that nobody took.</returns>
    private static (double Ready, List<double> Waits) Schedule(bool isPublic)
    {
        using var cluster = new Cluster();
        string[] namespaces = ["default", "team-b", "team-c"];
        var tokens = namespaces.ToDictionary(ns => ns, ns => cluster.Api.Issue(ns));
        foreach (var ns in namespaces)
        {
            cluster.Api.Allow(ns, "default", ns);
            cluster.Api.Add(
                Cluster
                    .SecretWithPassword("password-of-" + ns)
                    .Replace("\"default\"", $"\"{ns}\"", StringComparison.Ordinal)
            );
        }

        var kubelet = new SimulatedKubelet(cluster.At("kubelet"), cluster.At("auth"), (image, token) =>
            isPublic ? new RunResult(0, "{}", "") : cluster.Run(Requests.For(image, token), "--log-level=debug")
        )
        {
            Limit = (5, 10),
            Registry = (pod, file) =>
                isPublic || (file is not null && Cluster.PasswordIn(file) == "password-of-" + pod.Namespace),
            Duration = _ => TimeSpan.FromMilliseconds(300),
        };
        kubelet.Start();
        var start = Stopwatch.GetTimestamp();
        var attempts = Together
            .Run(30, i =>
            {
                var ns = namespaces[i % 3];
                return Enumerable
                    .Range(0, 3)
                    .SelectMany(image =>
                        kubelet.StartPod(
                            new SimulatedPod($"pod-{i}", ns, tokens[ns], $"docker.io/library/app-{image}:1"),
                            TimeSpan.FromMinutes(3)
                        )
                    )
                    .ToList();
            })
            .SelectMany(all => all)
            .ToList();
        var ready = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.DoesNotContain(attempts, attempt => attempt.End == "refused by the registry");
        return (
            ready,
            cluster
                .Journal.Entries.Where(entry => entry["MESSAGE"].Contains("nobody took it", StringComparison.Ordinal))
                .Select(entry => long.Parse(entry["CRIO_CP_FILE_WAITED_US"]) / 1e6)
                .ToList()
        );
    }
}
