// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// The published binary under a simulated kubelet with pull intents (<see cref="KubeletRules"/>): nobody waits for a
/// file that nobody takes, and no pull whose run wrote a file goes without one.
/// </summary>
public sealed class HandOverKubeletContractTests
{
    private const string Image = "docker.io/library/nginx:1";

    [Theory]
    [InlineData(10, 3)]
    [InlineData(50, 7)]
    public void Pods_that_only_check_their_access_to_a_present_image_wait_some_seconds_at_most(int pods, int seconds)
    {
        using var cluster = new Cluster();
        var kubelet = Kubelet(cluster);
        kubelet.AddPresent(Image, cluster.Token);
        var runs = Together.Run(pods, i => kubelet.EnsureImageExists(Pod(cluster, i) with { Policy = "IfNotPresent" }));
        Assert.All(runs, run => Assert.Equal(("present", 0), (run.End, run.ExitCode)));
        Assert.All(runs, run => Assert.InRange(run.Run.TotalSeconds, 0, seconds * Slowness));
        Assert.InRange(cluster.LeftInAuthDirectory.Length, 0, 1);

        // It goes with the next sweep that comes when it is old enough.
        MakeOld(cluster);
        Sweep(cluster);
        Assert.Empty(cluster.LeftInAuthDirectory);
    }

    [Fact]
    public async Task Behind_a_slow_pull_of_a_serial_kubelet_no_pull_goes_without_a_file()
    {
        using var cluster = new Cluster();
        var kubelet = Kubelet(cluster, isSerial: true, duration: pod =>
            TimeSpan.FromSeconds(pod.Name == "slow" ? 20 : 0.1)
        );
        var slow = Task.Run(() =>
            kubelet.EnsureImageExists(Pod(cluster, 0) with { Name = "slow", Image = "docker.io/library/httpd:1" })
        );
        Thread.Sleep(2000);
        var runs = Together.Run(4, i => kubelet.EnsureImageExists(Pod(cluster, i)));
        Assert.Equal(Enumerable.Repeat("pulled", 4), runs.Select(run => run.End));
        Assert.Equal("pulled", (await slow).End);
    }

    [Fact]
    public void A_secret_that_was_deleted_is_not_used_by_the_next_pod_though_its_file_is_young()
    {
        using var cluster = new Cluster();
        var kubelet = Kubelet(cluster);

        // A pod whose back-off is checked after its run: the file stays behind.
        cluster.RunArticle();
        Assert.True(File.Exists(cluster.AuthFile));
        cluster.Api.Remove("default", "my-secret");
        var run = kubelet.EnsureImageExists(Pod(cluster, 1));
        Assert.Equal("refused by the registry", run.End);
        Assert.Equal([null], run.Pulls);
        Assert.InRange(run.Run.TotalSeconds, 0.5, 5 * Slowness);
        Assert.Contains($"Removed auth file {cluster.AuthFile} of an earlier pull", cluster.Journal.Messages);
    }

    /// <summary>The account of issue: one may list, and writes a file; the other is refused, and its own pull
    /// follows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_account_without_rights_does_not_get_anothers_file_and_does_not_take_it_away(bool isQueued)
    {
        using var cluster = new Cluster();
        var kubelet = Kubelet(cluster, isSerial: true, duration: pod =>
            TimeSpan.FromSeconds(pod.Name == "slow" ? 12 : 0.1)
        );
        var guest = cluster.Api.Issue("default", "guest");
        if (isQueued)
        {
            var slow = Task.Run(() =>
                kubelet.EnsureImageExists(Pod(cluster, 0) with { Name = "slow", Image = "docker.io/library/httpd:1" })
            );
            Thread.Sleep(1500);
            var puller = Task.Run(() => kubelet.EnsureImageExists(Pod(cluster, 1)));
            Thread.Sleep(1500);
            var refused = kubelet.EnsureImageExists(Pod(cluster, 2) with { Token = guest });
            Assert.Equal(("refused by the registry", 1), (refused.End, refused.ExitCode));
            Assert.Equal([null], refused.Pulls);
            Assert.Equal("pulled", (await puller).End);
            Assert.Equal("pulled", (await slow).End);
        }
        else
        {
            cluster.RunArticle();
            var refused = kubelet.EnsureImageExists(Pod(cluster, 2) with { Token = guest });
            Assert.Equal(("refused by the registry", 1), (refused.End, refused.ExitCode));
            Assert.Equal([null], refused.Pulls);
        }
    }

    [Fact]
    public async Task Another_namespaces_pull_of_the_image_costs_a_wait_and_no_credential()
    {
        using var cluster = new Cluster();
        cluster.Api.Allow("team-b", "default", "team-b");
        cluster.Api.Add(
            Cluster.SecretWithPassword("of-team-b").Replace("\"default\"", "\"team-b\"", StringComparison.Ordinal)
        );
        var kubelet = Kubelet(cluster, duration: pod => TimeSpan.FromSeconds(pod.Namespace == "team-b" ? 3 : 0.1));
        cluster.RunArticle();
        var other = Task.Run(() =>
            kubelet.EnsureImageExists(
                Pod(cluster, 0) with
                {
                    Namespace = "team-b",
                    Token = cluster.Api.Issue("team-b"),
                }
            )
        );
        Thread.Sleep(1000);
        var own = kubelet.EnsureImageExists(Pod(cluster, 1));
        Assert.Equal("pulled", own.End);
        Assert.Equal("mypassword", Cluster.PasswordIn(own.Pulls[0]!));
        Assert.Equal("of-team-b", Cluster.PasswordIn((await other).Pulls[0]!));
        Assert.InRange(own.Run.TotalSeconds, 0, 10);
    }

    /// <summary>How much slower than its measured self this machine may be while other tests run beside.</summary>
    internal static double Slowness => Environment.GetEnvironmentVariable("TEST_EXACT") is null ? 3 : 1;

    internal static SimulatedKubelet Kubelet(
        Cluster cluster,
        bool isSerial = false,
        Func<SimulatedPod, TimeSpan>? duration = null,
        (double PerSecond, int Burst) limit = default
    )
    {
        var kubelet = new SimulatedKubelet(cluster.At("kubelet"), cluster.At("auth"), (image, token) =>
            cluster.Run(Requests.For(image, token))
        )
        {
            IsSerial = isSerial,
            Limit = limit,
            Duration = duration ?? (_ => TimeSpan.FromMilliseconds(50)),
        };
        kubelet.Start();
        return kubelet;
    }

    internal static SimulatedPod Pod(Cluster cluster, int i) => new($"pod-{i}", "default", cluster.Token, Image);

    internal static RunResult Sweep(Cluster cluster) =>
        PublishedBinary.Run(
            [],
            "sweep",
            $"--auth-dir={cluster.At("auth")}",
            $"--run-dir={cluster.At("run")}",
            $"--kubelet-root-dir={cluster.At("kubelet")}",
            $"--journal-socket={cluster.At("journal")}"
        );

    /// <summary>As if a minute had passed: the mark says so, and beside it nothing else tells the time.</summary>
    private static void MakeOld(Cluster cluster)
    {
        foreach (var file in Directory.GetFiles(cluster.At("auth")))
        {
            Cluster.MakeOld(file, TimeSpan.FromSeconds(61));
        }
    }
}
