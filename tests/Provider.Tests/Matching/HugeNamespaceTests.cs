// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>
/// Namespaces that are made to fill the memory: whatever they hold, what a run keeps of them is bounded, and the auth
/// file has at most 1 MiB.
/// </summary>
[Collection(Alone)]
public sealed class HugeNamespaceTests
{
    /// <summary>The heap is shared with all tests that run at the same time.</summary>
    internal const string Alone = "measures the heap";

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class AloneOnTheHeap;

    private const int Mebibyte = 1024 * 1024;

    /// <summary>Mirrors, secrets, entries of a secret, bytes of a password, and a key, in which # is the entry's
    /// number.</summary>
    public static TheoryData<int, int, int, int, string> Namespaces =>
        new()
        {
            { 100, 20, 16, 60_000, "m*.io" },
            { 100, 20, 16, 60_000, "m#.io/x" },
            { 100, 20, 16, 60_000, "m#.io/x/below/#" },
            { 1, 200, 15, 65_000, "m0.io/x" },
            { 1000, 3, 10_000, 10, "m*.io" },
            { 1000, 3, 10_000, 10, "m#.io/x/#/y" },
            { 5000, 2, 10_000, 4, "m#*.io" },
            { 10, 20, 10_000, 4, "\u0001#" },
            { 10, 20, 10, 90_000, "m#.io" },
        };

    [Theory]
    [MemberData(nameof(Namespaces))]
    public void What_a_run_keeps_is_bounded(int mirrors, int secrets, int entries, int password, string key)
    {
        var sources = new PullSources(
            [
                .. Enumerable
                    .Range(0, mirrors)
                    .Select(i => new PullSource(
                        PullSourceKind.Mirror,
                        $"m{i}.io/x",
                        RepositoryName.OfLocation($"m{i}.io/x/a")
                    )),
            ],
            null,
            false
        );
        var matcher = new CredentialMatcher(sources, keepMisses: true);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < secrets; i++)
        {
            matcher.Add(new PullSecret($"secret-{i:D4}", Document(i, entries, password, key)));
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * Mebibyte);
        var match = matcher.Complete();
        Assert.InRange(match.Notices.Count, 0, MatchRecord.MaximumNotices + 4);
        Assert.InRange(
            match.Decisions.Sum(decision => decision.Keys.Sum(one => one.Fits.Count)),
            0,
            MatchRecord.MaximumFits + mirrors
        );
        Assert.InRange(
            AuthFileMerger.Merge(match, GlobalAuthFile.Empty, sources).ToJson().Length,
            1,
            AuthFileLimits.LargestFile
        );
    }

    [Fact]
    public void Where_there_is_no_room_for_all_the_first_sources_keep_their_credentials()
    {
        var sources = new PullSources(
            [
                .. Enumerable
                    .Range(0, 100)
                    .Select(i => new PullSource(
                        PullSourceKind.Mirror,
                        $"m{i}.io",
                        RepositoryName.OfLocation($"m{i}.io/a")
                    )),
            ],
            null,
            false
        );
        var matcher = new CredentialMatcher(sources, keepMisses: false);
        for (var i = 99; i >= 0; i--)
        {
            matcher.Add(new PullSecret($"secret-{i}", Document(i, 1, 60_000, "m#.io")));
        }

        var match = matcher.Complete();
        Assert.Equal(
            Enumerable.Range(0, match.Credentials.Count).Select(i => $"m{i}.io"),
            match.Credentials.Select(credential => credential.Registry).OrderBy(name => int.Parse(name[1..^3]))
        );
        Assert.InRange(match.Credentials.Count, 5, 10);
        Assert.Equal(
            "Skipping credentials for the last pull sources: an auth file has room for 655360 bytes of credentials",
            Assert.Single(match.Notices).Message
        );
    }

    /// <summary>A character class of a thousand characters takes a thousand times as long as a character.</summary>
    [Theory]
    [InlineData(5000, 5000, "x#*.io")]
    [InlineData(100, 1000, "x[CLASS]#.io")]
    public void Globs_without_end_against_mirrors_without_end_stop_with_a_line(int mirrors, int entries, string key)
    {
        key = key.Replace("CLASS", new string('a', 1000), StringComparison.Ordinal);
        var sources = new PullSources(
            [
                .. Enumerable
                    .Range(0, mirrors)
                    .Select(i => new PullSource(
                        PullSourceKind.Mirror,
                        $"m{i}.io",
                        RepositoryName.OfLocation($"m{i}.io/a")
                    )),
            ],
            null,
            false
        );
        var matcher = new CredentialMatcher(sources, keepMisses: false);
        matcher.Add(new PullSecret("s", Document(0, entries, 4, key)));
        Assert.Equal(
            "Skipping keys with globs: they are too many or too long for so many mirrors",
            Assert.Single(matcher.Complete().Notices).Message
        );
    }

    private static byte[] Document(int secret, int entries, int password, string key)
    {
        var text = new StringBuilder("{\"auths\":{");
        for (var i = 0; i < entries && text.Length < Mebibyte; i++)
        {
            text.Append(i == 0 ? "" : ",")
                .Append('"')
                .Append(
                    key.Replace("#", $"{(secret * entries) + i}", StringComparison.Ordinal)
                        .Replace("\u0001", "\\u0001", StringComparison.Ordinal)
                )
                .Append("\":{\"username\":\"u\",\"password\":\"")
                .Append('p', password)
                .Append("\"}");
        }

        return Encoding.UTF8.GetBytes(text.Append("}}").ToString());
    }
}
