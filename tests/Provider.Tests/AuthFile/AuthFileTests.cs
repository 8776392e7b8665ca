// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class AuthFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("docker.io/library/nginx", "7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5")]
    [InlineData("quay.io/crio/fedora-crio-ci", "7aa25047c59c6c2e20b839f5b9820e3702dade4a97154d4df1f5cd1a9b44cfde")]
    public void The_name_is_the_one_that_CRIO_looks_for(string image, string sha256) =>
        Assert.Equal($"default-{sha256}.json", AuthFileName.For("default", RepositoryName.OfLocation(image)));

    [Theory]
    [InlineData("default", "default", true)]
    [InlineData("default", "default-2", false)]
    [InlineData("default-2", "default", false)]
    [InlineData("a", "b", false)]
    public void A_name_is_told_to_be_of_a_namespace_by_all_of_it(string ns, string other, bool isOf)
    {
        var image = HandOverWorld.Repository("quay.io/a");
        var name = AuthFileName.For(other, image);
        Assert.Equal(isOf, AuthFileName.IsOf(ns, name));
        Assert.Equal(AuthFileName.Digest(image), AuthFileName.DigestIn(name));
    }

    [Fact]
    public void A_namespace_that_leads_elsewhere_never_becomes_a_name() =>
        Assert.Throws<ProviderException>(() => AuthFileName.For("../../x", RepositoryName.OfLocation("quay.io/a")));

    [Fact]
    public void An_existing_directory_keeps_its_mode_and_others_may_write_is_told()
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

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"auths\":{\"a\":1}}")]
    [InlineData("{\"credHelpers\":{\"a\":1}}")]
    public void A_malformed_global_file_is_a_clear_failure(string text)
    {
        var path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, text);
        var e = Assert.Throws<ProviderException>(() => GlobalAuthFileReader.Read(path));
        Assert.StartsWith($"the kubelet's auth file \"{path}\" cannot be used: ", e.Problem, StringComparison.Ordinal);
    }

    private static void Write(string directory, ReadOnlySpan<byte> content, Action<Notice>? warn = null)
    {
        using var open = AuthDirectory.OpenOrCreate(directory, warn ?? Fail);
        AuthFileWriter.Write(open, "f", content, _ => { });
    }

    private static void Fail(Notice notice) => Assert.Fail(notice.Message);
}
