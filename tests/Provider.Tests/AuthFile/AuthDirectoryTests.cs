// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Which directories are accepted as CRI-O's, and the messages about the others.</summary>
public sealed class AuthDirectoryTests : IDisposable
{
    private const string Hint =
        "make it a directory of root's with mode 0700, the one that CRI-O's namespaced_auth_dir names";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
    private readonly List<Notice> notices = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("auth")]
    [InlineData("auth/")]
    [InlineData("auth//")]
    [InlineData("a/b/auth")]
    [InlineData("a/b/auth/")]
    public void A_missing_directory_is_made_for_its_owner_alone_and_its_parents_are_not(string name)
    {
        using var open = AuthDirectory.OpenOrCreate(At(name), notices.Add);
        Assert.Equal(At(name).TrimEnd('/'), open.Path);
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(open.Path));
        for (var parent = Path.GetDirectoryName(open.Path)!; parent != folder; parent = Path.GetDirectoryName(parent)!)
        {
            Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(parent));
        }

        Assert.Empty(notices);
    }

    [Theory]
    [InlineData(0x1C0, 0, null)] // 0700
    [InlineData(0x1ED, 0, null)] // 0755: others may read
    [InlineData(0x1D0, 0, "can be written by others than its owner; chmod 0700 it")] // 0720
    [InlineData(0x1C2, 0, "can be written by others than its owner; chmod 0700 it")] // 0702
    [InlineData(0x1C0, 1000, "belongs to user 1000, who can replace what is in it; chown it to root")]
    public void Other_users_who_can_write_to_the_directory_are_reported(int mode, uint owner, string? warning)
    {
        Directory.CreateDirectory(At("auth"));
        using (var handle = Libc.Open(At("auth"), Libc.O_RDONLY | Libc.O_DIRECTORY))
        {
            Assert.Equal(0, Libc.Fchown(handle, owner, owner));
        }

        File.SetUnixFileMode(At("auth"), (UnixFileMode)mode);
        using var open = AuthDirectory.OpenOrCreate(At("auth"), notices.Add);
        Assert.Equal(
            warning is null
                ? []
                : [new Notice(Reasons.AuthDirectoryUnusable, $"Auth directory \"{At("auth")}\" {warning}")],
            notices
        );
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(At("auth")));
    }

    [Theory]
    [InlineData("link", "it is a symbolic link")]
    [InlineData("link/", "it is a symbolic link")]
    [InlineData("dangling", "it is a symbolic link")]
    [InlineData("file", "Not a directory")]
    [InlineData("file/auth", "Not a directory")]
    public void What_is_not_a_directory_is_rejected(string name, string why)
    {
        Directory.CreateDirectory(At("real"));
        Directory.CreateSymbolicLink(At("link"), At("real"));
        Directory.CreateSymbolicLink(At("dangling"), At("nothing"));
        File.WriteAllText(At("file"), "");
        foreach (
            var thrown in new[]
            {
                Record.Exception(() => AuthDirectory.OpenOrCreate(At(name), notices.Add)),
                Record.Exception(() => AuthDirectory.OpenIfThere(At(name))),
            }
        )
        {
            AssertUnusable(At(name).TrimEnd('/'), why, thrown);
        }

        Assert.Empty(Directory.GetFileSystemEntries(At("real")));
        Assert.False(Path.Exists(At("nothing")));
    }

    [Theory]
    [InlineData("auth", false)]
    [InlineData("a/auth", false)]
    [InlineData("there", true)]
    [InlineData("there/", true)]
    public void A_directory_that_is_only_looked_for_is_not_made(string name, bool isThere)
    {
        Directory.CreateDirectory(At("there"));
        using var open = AuthDirectory.OpenIfThere(At(name));
        Assert.Equal(isThere ? At("there") : null, open?.Path);
        Assert.Equal([At("there")], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void The_root_keeps_its_slash()
    {
        using var open = AuthDirectory.OpenIfThere("//");
        Assert.Equal("/", open!.Path);
    }

    internal static void AssertUnusable(string path, string why, Exception? thrown)
    {
        var e = Assert.IsType<ProviderException>(thrown);
        Assert.Equal(
            (Reasons.AuthDirectoryUnusable, $"auth directory \"{path}\" cannot be used: {why}", Hint),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    private string At(string name) => Path.Combine(folder, name);
}
