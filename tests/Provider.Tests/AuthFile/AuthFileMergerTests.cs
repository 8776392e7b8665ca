// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What is kept of the node's own file if the merged file would have more than 1 MiB.</summary>
public sealed class AuthFileMergerTests
{
    private static readonly PullSources Sources = MatchingSupport.Sources("registry:m.io/x");

    [Theory]
    // The file has exactly 1 MiB, and one byte more.
    [InlineData("m.io/other", 0, "m.io/other other.io", null)]
    [InlineData("m.io/other", 1, "m.io/other", "the node's own entries for other registries")]
    [InlineData("https://m.io/v2/", 1, "https://m.io/v2/", "the node's own entries for other registries")]
    [InlineData("https://m.io", 1, "https://m.io", "the node's own entries for other registries")]
    [InlineData("https://m.io.example.org/m.io", 1, "", "the node's own entries for other registries")]
    public void The_nodes_entries_for_other_registries_give_way(string key, int more, string kept, string? skipped)
    {
        var content = Merge((key, 9), ("other.io", Room((key, 9), ("other.io", 0)) + more));
        Assert.Equal(kept, string.Join(' ', content.Entries.Keys));
        AssertSkipped(skipped, content);
    }

    [Theory]
    [InlineData(0, "m.io", "the node's own entries for other registries")]
    [InlineData(1, "", "the node's own entries")]
    public void Then_its_other_entries_give_way_as_well(int more, string kept, string skipped)
    {
        var content = Merge(("m.io", Room(("m.io", 0)) + more), ("other.io", 9));
        Assert.Equal(kept, string.Join(' ', content.Entries.Keys));
        AssertSkipped(skipped, content);
    }

    private static void AssertSkipped(string? what, AuthFileContent content) =>
        Assert.Equal(
            what is null
                ? []
                :
                [
                    new Notice(
                        Reasons.EntrySkipped,
                        $"Skipping {what}: with them, the auth file would be larger than 1048576 bytes"
                    ),
                ],
            content.Notices
        );

    /// <summary>How long the last entry's token may be.</summary>
    private static int Room(params (string Key, int Length)[] entries) =>
        AuthFileLimits.LargestFile - Merge(entries).ToJson().Length;

    /// <summary>An identity token takes as many bytes in the file as it has.</summary>
    private static AuthFileContent Merge(params (string Key, int Length)[] entries) =>
        AuthFileMerger.Merge(
            MatchResult.Empty,
            GlobalAuthFile.Empty with
            {
                Entries = entries.ToDictionary(
                    entry => entry.Key,
                    entry => new AuthFileEntry(
                        new Credential(SecretBytes.Empty, SecretBytes.Empty, new Secret(new string('t', entry.Length)))
                    )
                ),
            },
            Sources
        );
}
