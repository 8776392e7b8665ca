// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>How long a run waits for its turn at most, and what it does then.</summary>
public sealed class HandOverBoundsContractTests
{
    [Fact]
    public void If_no_pull_picks_up_the_file_each_run_ends_and_the_newest_credentials_stay()
    {
        using var cluster = new Cluster();
        var start = Stopwatch.GetTimestamp();
        Together.Run(5, i =>
        {
            Thread.Sleep(i * 150);
            cluster.Api.Add(Cluster.SecretWithPassword($"password-{i}"));
            Assert.Equal(0, cluster.RunArticle("--hand-over-timeout=700ms").ExitCode);
            return "";
        });
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 4 * 0.69, (4 * 0.7) + 10);
        Assert.Equal("password-4", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
    }

    [Fact]
    public void Nobody_waits_longer_than_half_a_minute_in_all()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        var start = Stopwatch.GetTimestamp();
        var seconds = Together.Run(2, _ =>
        {
            Assert.Equal(0, cluster.RunArticle("--hand-over-timeout=1m").ExitCode);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        Assert.All(seconds, s => Assert.InRange(s, 29.5, 45));
        Assert.Contains(cluster.Journal.Messages, m =>
            m.StartsWith($"Replacing auth file {cluster.AuthFile} after 30", StringComparison.Ordinal)
            && m.EndsWith(" ms: CRI-O has not taken it yet", StringComparison.Ordinal)
        );
    }

    /// <summary>With the default bounds, and more runs than they let through: who gives up waiting writes in the order
    /// of coming.</summary>
    [Fact]
    public void Fifty_runs_whose_file_is_never_picked_up_all_end_within_the_bounds_with_the_newest_on_disk()
    {
        using var cluster = new Cluster();
        var seconds = Together.Run(50, i =>
        {
            // The last comes alone, when all others are waiting.
            Thread.Sleep(i == 49 ? 5000 : i * 20);
            if (i == 49)
            {
                cluster.Api.Add(Cluster.SecretWithPassword("newest"));
            }

            var start = Stopwatch.GetTimestamp();
            Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), cluster.RunArticle());
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        Assert.All(seconds, s => Assert.InRange(s, 0, 55));
        Assert.Equal("newest", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
        Assert.Equal([Cluster.ArticleFileName], cluster.LeftInAuthDirectory);
    }

    [Fact]
    public void Holders_that_are_killed_one_after_the_other_do_not_cost_the_last_one_its_turn()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        var waiting = Enumerable
            .Range(0, 8)
            .Select(_ => PublishedBinary.Start(Requests.For("docker.io/library/nginx", cluster.Token), cluster.Flags))
            .ToList();
        Thread.Sleep(2000);
        Assert.All(waiting, process => Assert.False(process.HasExited, "all wait: nobody has taken the file"));
        foreach (var process in waiting.Skip(1))
        {
            process.Kill();
            process.WaitForExit();
        }

        Assert.True(CrioTaker.TryTake(cluster.AuthFile, _ => { }));
        Assert.True(waiting[0].WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, waiting[0].ExitCode);
        Assert.True(
            CrioTaker.TryTake(cluster.AuthFile, content => Assert.Equal("mypassword", Cluster.PasswordIn(content)))
        );
        waiting.ForEach(process => process.Dispose());
    }

    [Theory]
    [InlineData(-11)]
    [InlineData(-3600)]
    public void A_leftover_costs_no_wait(int seconds)
    {
        using var cluster = new Cluster();
        Directory.CreateDirectory(cluster.At("auth"));
        File.WriteAllText(cluster.AuthFile, "old");
        File.SetLastWriteTimeUtc(cluster.AuthFile, DateTime.UtcNow.AddSeconds(seconds));
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
    }

    [Fact]
    public void A_killed_lock_holder_does_not_block_others()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        using var holder = PublishedBinary.Start(Requests.For("docker.io/library/nginx", cluster.Token), cluster.Flags);
        Thread.Sleep(500);
        using var next = PublishedBinary.Start(Requests.For("docker.io/library/nginx", cluster.Token), cluster.Flags);
        Thread.Sleep(500);
        Assert.False(holder.HasExited || next.HasExited, "both wait: nobody has taken the file");
        holder.Kill();
        holder.WaitForExit();
        Assert.True(CrioTaker.TryTake(cluster.AuthFile, _ => { }));
        Assert.True(next.WaitForExit(TimeSpan.FromSeconds(8)));
        Assert.Equal(0, next.ExitCode);
        Assert.True(CrioTaker.TryTake(cluster.AuthFile, _ => { }));
    }

    [Fact]
    public void Other_images_and_namespaces_do_not_wait()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(0, cluster.Run(Requests.For("docker.io/library/httpd", cluster.Token)).ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
    }

    [Fact]
    public void Turned_off_nothing_waits()
    {
        using var cluster = new Cluster();
        cluster.RunArticle("--hand-over-timeout=0s");
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(0, cluster.RunArticle("--hand-over-timeout=0s").ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
    }
}
