// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What a large registries.conf costs each pull of the node.</summary>
public sealed class RegistriesConfContractTests : IDisposable
{
    private const int Bytes = 1_500_000;
    private const int Attempts = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    private readonly Cluster cluster = new();

    public void Dispose() => cluster.Dispose();

    /// <summary>
    /// Processor time of the whole run, whose start is part of it. The least of some: what else the machine does only
    /// adds.
    /// </summary>
    [Fact]
    public void One_and_a_half_megabytes_take_less_than_a_tenth_of_a_second()
    {
        var text = new StringBuilder(Cluster.ArticleRegistriesConf).AppendLine();
        for (var i = 0; text.Length < Bytes; i++)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"[[registry]]\nlocation = \"registry-{i}.example.com\"\n[[registry.mirror]]\nlocation = "
                    + $"\"mirror-{i}.example.com\"\n"
            );
        }

        File.WriteAllText(cluster.At("registries.conf"), text.ToString());
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < Attempts && least >= Longest; i++)
        {
            var run = MeasuredRun.Of(
                cluster,
                Requests.For("docker.io/library/nginx", cluster.Token),
                "--hand-over-timeout=0s"
            );
            Assert.Equal(new RunResult(0, KubeletContractTests.Answer, ""), run.Result);
            least = run.Processor < least ? run.Processor : least;
        }

        Assert.True(least < Longest, $"{least.TotalMilliseconds} ms");
    }

    /// <summary>Within the size limit, but with so many values that they would take all memory.</summary>
    [Theory]
    [InlineData("[[a]]\n[a.b]\n")]
    [InlineData("[[registry]]\nlocation='a'\n")]
    public void Four_megabytes_of_tiny_values_are_a_line_and_no_defect(string part)
    {
        File.WriteAllText(
            cluster.At("registries.conf"),
            string.Concat(Enumerable.Repeat(part, 4 * 1024 * 1024 / part.Length))
        );
        var run = MeasuredRun.Of(cluster, Requests.For("docker.io/library/nginx", cluster.Token));
        Assert.Equal(
            new RunResult(
                1,
                "",
                $"\"{cluster.At("registries.conf")}\" cannot be read: it has more than 200000 values; check "
                    + $"its content [CP301]\n"
            ),
            run.Result
        );
        Assert.InRange(run.PeakKilobytes, 1, 140 * 1024);
    }
}
