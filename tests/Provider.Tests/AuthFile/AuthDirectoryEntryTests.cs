// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>What is done to an entry of CRI-O's directory, and what is known about one.</summary>
public sealed class AuthDirectoryEntryTests : IDisposable
{
    private static readonly string TooLong = new('f', 256);
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
    private readonly List<Notice> notices = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("file", "file")]
    [InlineData("directory", "directory")]
    [InlineData("link", "link")]
    [InlineData("missing", null)]
    [InlineData("file/inner", null)]
    public void An_entry_is_what_it_is_itself(string name, string? kind)
    {
        using var open = Filled();
        var found = open.Status(name) switch
        {
            null => null,
            { IsSymbolicLink: true } => "link",
            { IsDirectory: true } => "directory",
            { IsRegularFile: true } => "file",
            _ => "other",
        };
        Assert.Equal(kind, found);
    }

    [Theory]
    [InlineData("file", "")]
    [InlineData("link", "")]
    [InlineData("missing", "")]
    [InlineData("file/inner", "")]
    [InlineData("directory", "Is a directory")]
    public void A_file_is_removed_and_what_cannot_be_is_a_failure(string name, string why)
    {
        using var open = Filled();
        var thrown = Record.Exception(() => open.Remove(name));
        if (why.Length == 0)
        {
            Assert.Null(thrown);
            Assert.Null(open.Status(name));
            Assert.Equal(name is "file" or "link" ? 2 : 3, open.Names().Count);
            return;
        }

        var e = Assert.IsType<ProviderException>(thrown);
        Assert.Equal(
            (
                Reasons.AuthFileNotWritten,
                $"unable to remove auth file \"{open.Path}/{name}\": {why}",
                "remove it by hand, since it may hold credentials that are no longer valid"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData("file", true, "")]
    [InlineData("missing", false, "")]
    [InlineData("file/inner", false, "")]
    [InlineData("directory", false, "Is a directory")]
    public void A_leftover_that_cannot_be_removed_is_a_warning(string name, bool isRemoved, string why)
    {
        using var open = Filled();
        Assert.Equal(isRemoved, open.TryRemove(name, notices.Add));
        Assert.Equal(
            why.Length == 0
                ? []
                :
                [
                    new Notice(
                        Reasons.AuthFileNotWritten,
                        $"Unable to remove old auth file \"{open.Path}/{name}\": {why}"
                    ),
                ],
            notices
        );
    }

    [Theory]
    [InlineData("directory", true)]
    [InlineData("file", false)]
    [InlineData("link", false)]
    [InlineData("missing", false)]
    public void Only_a_directory_is_one_inside(string name, bool isThere)
    {
        using var open = Filled();
        using var inner = open.Inner(name);
        Assert.Equal(isThere ? $"{open.Path}/{name}" : null, inner?.Path);
    }

    [Fact]
    public void What_cannot_be_known_about_an_entry_is_a_failure()
    {
        using var open = Filled();
        var path = $"{open.Path}/{TooLong}";
        AuthDirectoryTests.AssertUnusable(path, "File name too long", Record.Exception(() => open.Status(TooLong)));
        AuthDirectoryTests.AssertUnusable(path, "File name too long", Record.Exception(() => open.Inner(TooLong)));
    }

    [Fact]
    public void The_names_are_those_of_the_entries_alone()
    {
        using var open = Filled();
        Assert.Equal(["directory", "file", "link"], open.Names().Order(StringComparer.Ordinal));
        Assert.Equal(3, open.Names().Count); // they can be read again
    }

    [Fact]
    public void The_free_space_is_in_bytes_and_unknown_where_there_are_no_blocks()
    {
        using var open = Filled();
        var free = (double)new DriveInfo(folder).AvailableFreeSpace;
        Assert.InRange(open.FreeSpace()!.Value, free / 2, free * 2);
        using var proc = AuthDirectory.OpenIfThere("/proc");
        Assert.Null(proc!.FreeSpace());
    }

    /// <summary>A file, a directory and a link to that directory.</summary>
    private AuthDirectory Filled()
    {
        Directory.CreateDirectory(At("auth/directory"));
        File.WriteAllText(At("auth/file"), "");
        Directory.CreateSymbolicLink(At("auth/link"), At("auth/directory"));
        return AuthDirectory.OpenIfThere(At("auth"))!;
    }

    private string At(string name) => Path.Combine(folder, name);
}
