// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class AuthFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_existing_directory_keeps_its_mode_and_write_access_for_others_is_reported()
    {
        var directory = Directory.CreateDirectory(Path.Combine(folder, "auth"), (UnixFileMode)0x1FF).FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0x1FF);
        List<Notice> notices = [];
        Write(directory, "x"u8, notices.Add);
        Assert.Equal((UnixFileMode)0x1FF, File.GetUnixFileMode(directory));
        Assert.Equal(
            $"Auth directory \"{directory}\" can be written by others than its owner; chmod 0700 it",
            Assert.Single(notices).Message
        );
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(Path.Combine(directory, "f")));
    }

    [Fact]
    public void A_symbolic_link_under_the_files_name_is_replaced_and_not_followed()
    {
        var target = Path.Combine(folder, "target");
        File.WriteAllText(target, "untouched");
        File.CreateSymbolicLink(Path.Combine(folder, "f"), target);
        Write(folder, "new"u8);
        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Null(new FileInfo(Path.Combine(folder, "f")).LinkTarget);
    }

    [Fact]
    public void A_directory_that_is_a_symbolic_link_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(folder, "real"));
        var link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, Path.Combine(folder, "real"));
        var e = Assert.Throws<ProviderException>(() => Write(link, "x"u8));
        Assert.Equal($"auth directory \"{link}\" cannot be used: it is a symbolic link", e.Problem);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder, "real")));
    }

    [Fact]
    public void A_file_in_the_directorys_place_is_refused()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        var e = Assert.Throws<ProviderException>(() => Write(file, "x"u8));
        Assert.Equal(Reasons.AuthDirectoryUnusable, e.Reason);
        Assert.Contains("Not a directory", e.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rename_that_fails_leaves_nothing_behind()
    {
        Directory.CreateDirectory(Path.Combine(folder, "f"));
        var e = Assert.Throws<ProviderException>(() => Write(folder, "x"u8));
        Assert.Equal(Reasons.AuthFileNotWritten, e.Reason);
        Assert.Equal([Path.Combine(folder, "f")], Directory.GetFileSystemEntries(folder));
    }

    private static void Write(string directory, ReadOnlySpan<byte> content, Action<Notice>? warn = null)
    {
        using var open = AuthDirectory.OpenOrCreate(directory, warn ?? Fail);
        AuthFileWriter.Write(open, "f", content, _ => { });
    }

    private static void Fail(Notice notice) => Assert.Fail(notice.Message);
}
