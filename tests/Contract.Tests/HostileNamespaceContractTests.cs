// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// A user who may write secrets in a namespace decides what a root process on each node reads. Whatever the secrets
/// contain, they cost bounded time, memory and disk, and harm only this namespace's own pulls.
/// </summary>
public sealed class HostileNamespaceContractTests
{
    private const int SecretBytes = 1000 * 1000; // the API server takes 1 MiB of data

    private static readonly Dictionary<string, Func<int, string>> Kinds = new()
    {
        ["keys below the mirror"] = i => $"\"localhost:5000/{i}\":{{\"auth\":\"YTpi\"}}",
        ["keys of another host"] = i => $"\"r{i}\":{{\"auth\":\"YTpi\"}}",
        ["one key over and over"] = _ => "\"localhost:5000/x\":{\"auth\":\"YTpi\"}",
        ["entries without anything"] = i => $"\"{i}\":{{}}",
        ["entries that are null"] = i => $"\"{i}\":null",
        ["keys that are no registry"] = i => $"\"a@{i}\":{{\"auth\":\"YTpi\"}}",
        ["auth that is no base64"] = i => $"\"localhost:5000/{i}\":{{\"auth\":\"%\"}}",
        ["globs"] = i => $"\"*[0-9]*:{i}\":{{\"auth\":\"YTpi\"}}",
        ["globs that fit"] = i => $"\"*[a-z]*t:5000/{i}\":{{\"auth\":\"YTpi\"}}",
        ["a long glob of stars"] = _ =>
            $"\"{string.Concat(Enumerable.Repeat("*l", 45_000))}:5000\":{{\"auth\":\"YTpi\"}}",
        ["a long glob of brackets"] = _ => $"\"*{new string('[', 90_000)}:5000\":{{\"auth\":\"YTpi\"}}",
        ["a long path"] = _ =>
            $"\"localhost:5000{string.Concat(Enumerable.Repeat("/a", 45_000))}\":{{\"auth\":\"YTpi\"}}",
        ["a long key of dots"] = _ => $"\"{new string('.', 90_000)}a\":{{\"auth\":\"YTpi\"}}",
        ["long passwords below the mirror"] = i =>
            $"\"localhost:5000/{i}\":{{\"username\":\"u\",\"password\":\"{new string('p', 300_000)}\"}}",
        ["depth"] = _ => $"\"x\":{string.Concat(Enumerable.Repeat("[", 90_000))}",
    };

    public static TheoryData<string> KindNames => [.. Kinds.Keys];

    /// <summary>Thirty secrets of a megabyte each, in front of the good one and behind it.</summary>
    [Theory]
    [MemberData(nameof(KindNames))]
    public void Secrets_full_of_nastiness_cost_little_and_the_good_one_still_counts(string kind)
    {
        using var cluster = new Cluster();
        for (var secret = 0; secret < 30; secret++)
        {
            cluster.Api.Add(
                $"{{\"metadata\":{{\"name\":\"{(secret % 2 == 0 ? 'a' : 'z')}-{secret}\",\"namespace\":\"default\"}},\"data\":{{\".dockerconfigjson\":\""
                    + $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(Document(kind, secret)))}\"}},\"type\":\"kubernetes.io/dockerconfigjson\"}}"
            );
        }

        var (run, processorSeconds, megabytes) = Measure(cluster);
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.Equal("mypassword", Cluster.PasswordIn(File.ReadAllText(cluster.AuthFile)));
        Assert.InRange(new FileInfo(cluster.AuthFile).Length, 1, 8 * 1024 * 1024);
        Assert.InRange(cluster.Journal.Entries.Count, 10, 400);
        Assert.InRange(processorSeconds, 0, 3);
        Assert.InRange(megabytes, 1, 128);
    }

    /// <summary>At debug everything is told that was decided, but not without end.</summary>
    [Theory]
    [InlineData("keys of another host")]
    [InlineData("globs")]
    [InlineData("keys below the mirror")]
    public void Debugging_such_a_namespace_ends_as_well(string kind)
    {
        using var cluster = new Cluster();
        for (var secret = 0; secret < 30; secret++)
        {
            cluster.Api.Add(
                $"{{\"metadata\":{{\"name\":\"a-{secret}\",\"namespace\":\"default\"}},\"data\":{{\".dockerconfigjson\":\""
                    + $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(Document(kind, secret)))}\"}},\"type\":\"kubernetes.io/dockerconfigjson\"}}"
            );
        }

        var (run, processorSeconds, megabytes) = Measure(cluster, "--log-level=debug");
        Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run);
        Assert.InRange(processorSeconds, 0, 3);
        Assert.InRange(megabytes, 1, 128);
    }

    private static string Document(string kind, int secret)
    {
        var document = new StringBuilder("{\"auths\":{");
        for (var i = secret * 100_000; ; i++)
        {
            var entry = Kinds[kind](i);
            if (document.Length + entry.Length > SecretBytes)
            {
                return document.Append("\"last\":{}}}").ToString();
            }

            document.Append(entry).Append(',');
        }
    }

    private static (RunResult Run, double ProcessorSeconds, double Megabytes) Measure(
        Cluster cluster,
        params string[] more
    )
    {
        var measured = MeasuredRun.Of(cluster, Requests.For("docker.io/library/nginx", cluster.Token), more);
        return (measured.Result, measured.Processor.TotalSeconds, measured.PeakKilobytes / 1024.0);
    }
}
