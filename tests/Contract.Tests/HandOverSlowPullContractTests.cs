// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>The binary behind a pull that takes longer than the kubelet lets a run take.</summary>
public sealed class HandOverSlowPullContractTests
{
    /// <summary>A run must end before the kubelet kills it: behind such a pull, runs write over each other's
    /// files.</summary>
    [Fact]
    public async Task Behind_a_pull_of_more_than_a_minute_runs_end_in_time_and_the_next_try_heals()
    {
        using var cluster = new Cluster();
        var kubelet = HandOverKubeletContractTests.Kubelet(cluster, isSerial: true, duration: pod =>
            TimeSpan.FromSeconds(pod.Name == "slow" ? 70 : 0.1)
        );
        var slow = Task.Run(() =>
            kubelet.EnsureImageExists(
                HandOverKubeletContractTests.Pod(cluster, 0) with
                {
                    Name = "slow",
                    Image = "docker.io/library/httpd:1",
                }
            )
        );
        Thread.Sleep(2000);
        var pods = Together.Run(3, i =>
            kubelet.StartPod(HandOverKubeletContractTests.Pod(cluster, i), TimeSpan.FromSeconds(150))
        );
        Assert.All(pods, attempts => Assert.Equal("pulled", attempts[^1].End));
        Assert.All(pods, attempts => Assert.InRange(attempts.Count, 1, 4));
        Assert.All(pods, attempts => Assert.All(attempts, attempt => Assert.InRange(attempt.Run.TotalSeconds, 0, 58)));
        Assert.Equal("pulled", (await slow).End);
    }
}
