// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// Pods of one namespace that pull one image at once: each pull must find a file, though CRI-O gives a file to the
/// first that asks. <c>make stress</c> runs a hundred rounds of each kind.
/// </summary>
public sealed class HandOverContractTests(PrivateRegistry registry) : IClassFixture<PrivateRegistry>
{
    private static readonly int? Rounds = int.TryParse(
        Environment.GetEnvironmentVariable("TEST_HAND_OVER_ROUNDS"),
        out var rounds
    )
        ? rounds
        : null;

    [Theory]
    [InlineData(2, 0, 20)]
    [InlineData(6, 0, 10)]
    [InlineData(20, 0, 2)]
    [InlineData(50, 0, 1)]
    [InlineData(2, 300, 2)]
    [InlineData(6, 300, 1)]
    [InlineData(20, 300, 1)]
    [InlineData(50, 300, 1)]
    public void Every_pull_after_its_own_run_finds_a_file(int pulls, int milliseconds, int rounds)
    {
        for (var round = 0; round < (Rounds ?? rounds); round++)
        {
            using var cluster = new Cluster();
            var found = Together.Run(pulls, _ => RunThenTake(cluster, TimeSpan.FromMilliseconds(milliseconds)));
            Assert.Equal(Enumerable.Repeat("found", pulls), found);
            Assert.Empty(cluster.LeftInAuthDirectory.Except(["in-use"]));
        }
    }

    /// <summary>Each file waits for the pull before it: eight of them stay within half a minute, which bounds the
    /// wait.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void A_kubelet_that_pulls_one_image_at_a_time_takes_three_seconds_each_and_loses_none(int pulls)
    {
        using var cluster = new Cluster();
        var oneAtATime = new Lock();
        var found = Together.Run(pulls, _ =>
        {
            Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), cluster.RunArticle());
            lock (oneAtATime)
            {
                return CrioTaker.TryTake(cluster.AuthFile, _ => Thread.Sleep(3000)) ? "found" : "missing";
            }
        });
        Assert.Equal(Enumerable.Repeat("found", pulls), found);
    }

    [Fact]
    public void Six_pulls_at_once_with_skopeo_all_come_through_the_private_mirror()
    {
        using var cluster = new Cluster();
        File.WriteAllText(
            cluster.At("registries.conf"),
            $"[[registry]]\nlocation='upstream.invalid'\n[[registry.mirror]]\nlocation='localhost:{registry.Port}/hub'\ninsecure=true\n"
        );
        var config = Convert.ToBase64String(
            System.Text.Encoding.UTF8.GetBytes(
                "{\"auths\":{\"localhost:"
                    + registry.Port
                    + "\":{\"username\":\"myuser\",\"password\":\"mypassword\"}}}"
            )
        );
        cluster.Api.Add(
            "{\"metadata\":{\"name\":\"mirror\",\"namespace\":\"default\"},\"data\":{\".dockerconfigjson\":\""
                + config
                + "\"},\"type\":\"kubernetes.io/dockerconfigjson\"}"
        );
        var request = Requests.For("upstream.invalid/library/nginx", cluster.Token);
        var file = cluster.At(
            "auth/"
                + CrioCredentialProvider.AuthFile.AuthFileName.For(
                    "default",
                    RepositoryName.OfLocation("upstream.invalid/library/nginx")
                )
        );
        var skopeo = new Lock();
        var pulled = Together.Run(6, _ =>
        {
            Assert.Equal(0, cluster.Run(request).ExitCode);
            var result = (ExitCode: -1, Output: "no file");
            CrioTaker.TryTake(file, content =>
            {
                lock (skopeo)
                {
                    result = registry.Pull(content);
                }
            });
            return $"{result.ExitCode}{result.Output}";
        });
        Assert.Equal(Enumerable.Repeat("0", 6), pulled);
    }

    /// <summary>
    /// Each run sweeps the directory in which CRI-O renames, uses and deletes, and in which the others write. Leftovers
    /// of all kinds lie in between; they go, and nothing else does.
    /// </summary>
    [Fact]
    public void Sweeps_among_pulls_of_many_images_remove_every_leftover_and_nobody_elses_file()
    {
        using var cluster = new Cluster();
        var inUse = Directory.CreateDirectory(cluster.At("auth/in-use"), (UnixFileMode)0x1C0).FullName;
        string[] unknown = ["notes.txt", "default.json", "in-use/notes.txt", ".auth-kept"];
        foreach (var name in unknown)
        {
            Put(cluster.At("auth/" + name), TimeSpan.FromDays(30));
        }

        var found = Together.Run(8, thread =>
        {
            for (var round = 0; round < (Rounds ?? 12); round++)
            {
                var image = $"docker.io/library/app-{thread}";
                var file = cluster.At(
                    "auth/"
                        + CrioCredentialProvider.AuthFile.AuthFileName.For("default", RepositoryName.OfLocation(image))
                );
                Put(file, TimeSpan.FromHours(2));
                Put(
                    cluster.At(
                        $"auth/{CrioCredentialProvider.AuthFile.AuthFileName.For("gone", RepositoryName.OfLocation($"a/{thread}-{round}"))}"
                    ),
                    TimeSpan.FromHours(2)
                );
                Put(cluster.At($"auth/.auth-{Guid.NewGuid().ToString("N")[..16]}.tmp"), TimeSpan.FromSeconds(5));
                Put(
                    Path.Combine(inUse, $"{Path.GetFileNameWithoutExtension(file)}-{Guid.NewGuid():D}.json"),
                    TimeSpan.FromHours(25)
                );
                if (
                    cluster.Run(Requests.For(image, cluster.Token))
                    != new RunResult(0, KubeletContractTests.AnswerFor(image), "")
                )
                {
                    return "failed";
                }

                var wasRight = false;
                var pause = TimeSpan.FromMilliseconds(round % 4 * 7);
                if (!CrioTaker.TryTake(file, content =>
                    {
                        wasRight = Cluster.PasswordIn(content) == "mypassword";
                        Thread.Sleep(pause);
                    }))
                {
                    return "missing";
                }

                if (!wasRight)
                {
                    return "stale";
                }
            }

            return "found";
        });
        Assert.Equal(Enumerable.Repeat("found", 8), found);
        cluster.Run(Requests.For("quay.io/no/mirror", cluster.Token));
        Assert.Equal(
            unknown.Append("in-use").Order(StringComparer.Ordinal),
            Directory
                .GetFileSystemEntries(cluster.At("auth"), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(cluster.At("auth"), path))
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Appears with its age, as a leftover does.</summary>
    private static void Put(string path, TimeSpan age)
    {
        var young = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(young, "old");
        File.SetLastWriteTimeUtc(young, DateTime.UtcNow - age);
        File.Move(young, path, overwrite: true);
    }

    private static string RunThenTake(Cluster cluster, TimeSpan delay)
    {
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), cluster.RunArticle());
        Thread.Sleep(delay);
        return CrioTaker.TryTake(cluster.AuthFile, content => Assert.Equal("mypassword", Cluster.PasswordIn(content)))
            ? "found"
            : "missing";
    }
}
