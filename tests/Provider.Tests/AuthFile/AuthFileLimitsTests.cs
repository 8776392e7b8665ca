// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>No namespace may take the node's space from the others.</summary>
public sealed class AuthFileLimitsTests : IDisposable
{
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void An_auth_file_has_at_most_a_mebibyte()
    {
        AuthFileLimits.CheckSize(1024 * 1024);
        var e = Assert.Throws<ProviderException>(() => AuthFileLimits.CheckSize((1024 * 1024) + 1));
        Assert.Equal(
            (
                Reasons.AuthFileTooLarge,
                "the auth file would have 1048577 bytes, more than 1048576",
                "remove credentials that no image needs from the kubelet's auth file, or from the namespace's pull "
                    + "secrets"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData(511, 0, 100, true)]
    [InlineData(512, 0, 100, false)]
    [InlineData(1, (32 * 1024 * 1024) - 100, 100, true)]
    [InlineData(1, (32 * 1024 * 1024) - 100, 101, false)]
    public void A_namespace_has_a_bound_of_untaken_files_and_bytes(int files, int bytes, int length, bool isAllowed)
    {
        var e = Record.Exception(() =>
            AuthFileLimits.CheckNamespace("team-a", new SweepResult([], files, (ulong)bytes), (ulong)length)
        );
        Assert.Equal(isAllowed, e is null);
        if (e is ProviderException refused)
        {
            Assert.Equal(
                (
                    Reasons.TooManyUntakenFiles,
                    $"namespace \"team-a\" already has {files} auth files of {bytes} bytes together that CRI-O has not "
                        + "taken; at most 512 files of 33554432 bytes are allowed",
                    "wait for its pulls, and find out why so many of its pods start at once on this node"
                ),
                (refused.Reason, refused.Problem, refused.Hint)
            );
        }
    }

    [Fact]
    public void Some_space_stays_free()
    {
        using var open = world.Open();
        AuthFileLimits.CheckFreeSpace(open.Auth, 1);
        AuthFileLimits.CheckFreeSpace(open.Auth, AuthFileLimits.FreeSpace + 1);
        var free = open.Auth.FreeSpace()!.Value;
        var e = Assert.Throws<ProviderException>(() => AuthFileLimits.CheckFreeSpace(open.Auth, free));
        Assert.Equal(Reasons.AuthDirectoryFull, e.Reason);
        Assert.Matches(
            $"^the file system of auth directory \"{open.Auth.Path}\" has only [0-9]+ bytes free, and 16777216 of them "
                + "are kept free$",
            e.Problem
        );
        Assert.Equal(
            "free space there, or let CRI-O's namespaced_auth_dir and --auth-dir name a directory on another file "
                + "system",
            e.Hint
        );
    }
}
