// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>A node's long life. <c>make load</c> runs thousands of pulls and prints the time.</summary>
public sealed class LongLifeContractTests
{
    /// <summary>One after the other, each taken as by CRI-O, every tenth not: what is left must not depend on their
    /// number.</summary>
    [Fact]
    public void Thousands_of_pulls_one_after_the_other_leave_nothing_behind()
    {
        using var cluster = new Cluster();
        var count = LoadContractTests.IsFull ? 5000 : 300;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var file = cluster.At(
                "auth/" + AuthFileName.For("default", RepositoryName.OfLocation(LoadContractTests.Image(i % 50)))
            );
            Assert.Equal(
                new RunResult(0, KubeletContractTests.AnswerFor(LoadContractTests.Image(i % 50)), ""),
                cluster.Run(Requests.For(LoadContractTests.Image(i % 50), cluster.Token))
            );
            if (i % 10 == 9)
            {
                // Nobody takes this one, and the next pull of this image comes later than anybody waits.
                Cluster.MakeOld(file, TimeSpan.FromMinutes(1));
            }
            else
            {
                Assert.True(
                    CrioTaker.TryTake(file, content => Assert.Equal("mypassword", Cluster.PasswordIn(content)))
                );
            }
        }

        if (LoadContractTests.IsFull)
        {
            Console.WriteLine($"{count} one after the other: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        }

        // Five images of fifty are those that nobody took; an hour later they go as well.
        Assert.Equal(5, cluster.LeftInAuthDirectory.Except(["in-use"]).Count());
        Assert.Empty(Directory.GetFileSystemEntries(cluster.At("auth/in-use")));
        foreach (var name in cluster.LeftInAuthDirectory.Except(["in-use"]))
        {
            Cluster.MakeOld(cluster.At("auth/" + name), TimeSpan.FromMinutes(61));
        }

        Assert.Equal(0, cluster.Run(Requests.For("docker.io/library/last", cluster.Token)).ExitCode);
        Assert.Equal(
            [AuthFileName.For("default", RepositoryName.OfLocation("docker.io/library/last")), "in-use"],
            cluster.LeftInAuthDirectory.Order(StringComparer.Ordinal)
        );
        Assert.Empty(Directory.GetFileSystemEntries(cluster.Folder, "*.tmp", SearchOption.AllDirectories));
    }
}
