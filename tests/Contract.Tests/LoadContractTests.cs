// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// A node's full pod count at once, with nothing else beside it. <c>make load</c> prints the figures.
/// </summary>
[Collection(typeof(TogetherAlone))]
public sealed partial class LoadContractTests(ITestOutputHelper output)
{
    private const int Pods = 250; // the most that a kubelet is usually given
    private const int Secrets = 100;

    internal static readonly bool IsFull = Environment.GetEnvironmentVariable("TEST_LOAD") == "full";

    [Fact]
    public void Two_hundred_and_fifty_pulls_at_once_all_get_their_file()
    {
        using var cluster = new Cluster();
        AddSecrets(cluster);

        // The runs' own figures, then those of the smallest program that fetches the same list, from the same server.
        var own = StartTogether(
            cluster,
            PublishedBinary.FilePath,
            i => Requests.For(Image(i), cluster.Token),
            _ => cluster.Flags
        );
        Assert.Equal(
            Enumerable
                .Range(0, Pods)
                .Select(i => new RunResult(0, KubeletContractTests.AnswerFor(Image(i)), "").ToString())
                .Order(),
            own.Runs.Select(run => run.Result.ToString()).Order()
        );
        Assert.Equal(
            Enumerable
                .Range(0, Pods)
                .Select(i => AuthFileName.For("default", RepositoryName.OfLocation(Image(i))))
                .Order(),
            cluster.LeftInAuthDirectory.Order()
        );
        Assert.All(Enumerable.Range(0, Pods), i =>
            Assert.Equal(
                "mypassword",
                Cluster.PasswordIn(
                    File.ReadAllText(
                        cluster.At("auth/" + AuthFileName.For("default", RepositoryName.OfLocation(Image(i))))
                    )
                )
            )
        );
        Assert.Equal(Pods, cluster.Api.Requests.Count);
        Assert.DoesNotContain(cluster.Journal.Entries, entry => entry["PRIORITY"] is "3" or "4");

        var curl = StartTogether(cluster, "/usr/bin/curl", _ => [], _ => CurlArguments(cluster));
        Assert.All(curl.Runs, run => Assert.Equal(0, run.Result.ExitCode));

        // What holding back and measuring costs by themselves does not count.
        var nothing = StartTogether(cluster, "/bin/true", _ => [], _ => []);
        foreach (var (name, race) in new[] { ("crio-credential-provider", own), ("curl", curl) })
        {
            var line =
                $"{Pods} at once, {Secrets} secrets: {name, -24} "
                + $"{(race.Processor - nothing.Processor).TotalSeconds:0.00} s CPU, {race.Wall.TotalSeconds:0.00} "
                + "s wall, "
                + $"{race.Runs.Sum(run => run.PeakKilobytes) / 1024} MiB of peak memory in all, the slowest "
                + $"{race.Runs.Max(run => run.Wall.TotalSeconds):0.00} s";
            output.WriteLine(line);
            if (IsFull)
            {
                Console.WriteLine(line);
            }
        }

        // The kubelet kills after a minute; nothing may come near it.
        Assert.InRange(own.Runs.Max(run => run.Wall.TotalSeconds), 0, 20);
        Assert.InRange(own.Runs.Max(run => run.PeakKilobytes), 1, 48 * 1024);
    }

    internal static string Image(int i) => $"docker.io/library/app-{i}";

    /// <summary>As large as real ones, of which one fits.</summary>
    private static void AddSecrets(Cluster cluster)
    {
        for (var i = 1; i < Secrets; i++)
        {
            var config = Convert.ToBase64String(
                Encoding.UTF8.GetBytes(
                    $"{{\"auths\":{{\"registry-{i}.example.test\":{{\"username\":\"robot\",\"password\":\"{new string('p', 200)}\"}}}}}}"
                )
            );
            cluster.Api.Add(
                $"{{\"metadata\":{{\"name\":\"other-{i:000}\",\"namespace\":\"default\",\"uid\":\"{Guid.NewGuid()}\",\"resourceVersion\":\"557\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"}},"
                    + $"\"data\":{{\".dockerconfigjson\":\"{config}\"}},\"type\":\"kubernetes.io/dockerconfigjson\"}}"
            );
        }
    }

    private static string[] CurlArguments(Cluster cluster) =>
        [
            "--http1.1",
            "-sf",
            "-o",
            "/dev/null",
            "--cacert",
            cluster.At("ca.crt"),
            "-H",
            $"Authorization: Bearer {cluster.Token}",
            "-H",
            "Accept: application/json",
            "--connect-to",
            $"kubernetes.default.svc:{cluster.Api.Port}:127.0.0.1:{cluster.Api.Port}",
            $"https://kubernetes.default.svc:{cluster.Api.Port}/api/v1/namespaces/default/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit=500",
        ];

    /// <summary>Holds all of them back until all are there, lets them go at one moment, and waits for all.</summary>
    private static Race StartTogether(
        Cluster cluster,
        string program,
        Func<int, byte[]> stdin,
        Func<int, string[]> arguments
    )
    {
        var before = ProcessorOfChildren();
        var gate = cluster.At("gate");
        var start = 0L;
        var waiters = 0;
        List<MeasuredRun> runs;
        using (var closed = new FileStream(gate, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var file = LockedFile(closed);
            var opener = new Thread(() =>
            {
                // The gate opens in any case: a run that never came would keep the others waiting for ever.
                var patience = Stopwatch.StartNew();
                while ((waiters = Waiters(file)) < Pods && patience.Elapsed < TimeSpan.FromSeconds(60))
                {
                    Thread.Sleep(20);
                }

                start = Stopwatch.GetTimestamp();
                closed.Dispose();
            })
            {
                IsBackground = true,
            };
            opener.Start();
            runs = Together.Run(Pods, i =>
                MeasuredRun.OfProgram(program, cluster.At($"cost-{Guid.NewGuid():N}"), stdin(i), arguments(i), gate)
            );
            opener.Join();
        }

        Assert.Equal(Pods, waiters);
        return new Race(runs, Stopwatch.GetElapsedTime(start), ProcessorOfChildren() - before);
    }

    /// <summary>How the kernel's table of locks names a file that this process has locked: device and inode.</summary>
    private static string LockedFile(FileStream file)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{file.SafeFileHandle.DangerousGetHandle()}")
            .Single(line => line.StartsWith("lock:", StringComparison.Ordinal));
        return line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^3];
    }

    /// <summary>
    /// The table shows who waits for a lock by an arrow, with the process in front of the file. It is read in pieces:
    /// where it changes meanwhile, a line may come twice.
    /// </summary>
    private static int Waiters(string file) =>
        File.ReadLines("/proc/locks")
            .Where(line => line.Contains("-> FLOCK", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[^3] == file)
            .Select(fields => fields[^4])
            .Distinct()
            .Count();

    /// <summary>User and kernel mode of all children that have ended.</summary>
    private static TimeSpan ProcessorOfChildren()
    {
        const int Children = -1; // RUSAGE_CHILDREN
        Assert.Equal(0, GetUsage(Children, out var usage));
        return TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds)
            + TimeSpan.FromMicroseconds(usage.UserMicroseconds + usage.SystemMicroseconds);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, out Usage usage);

    /// <summary><c>struct rusage</c> of 64-bit Linux: 144 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }
}

/// <summary>What many runs at once came to.</summary>
internal sealed record Race(List<MeasuredRun> Runs, TimeSpan Wall, TimeSpan Processor);
