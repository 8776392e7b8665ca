// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>CRI-O sees the whole file or none, and a failure leaves nothing behind.</summary>
public sealed class AuthFileWriterTests : IDisposable
{
    private const string Hint = "check the file system's free space, its mount options and the directory's mode";
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("f")]
    [InlineData("...")]
    [InlineData(".f")]
    [InlineData("f..")]
    public void A_new_file_is_whole_and_marked_before_it_has_its_name(string name)
    {
        using var open = Open();
        var seen = new List<string>();
        var path = AuthFileWriter.Write(open, name, "{}\n"u8, file =>
        {
            Assert.Equal(3, RandomAccess.GetLength(file));
            Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(file));
            seen.AddRange(open.Names());
            seen.Add("marked");
        });
        Assert.Equal(["marked"], seen);
        Assert.Equal($"{folder}/{name}", path);
        Assert.Equal([name], open.Names());
        Assert.Equal("{}\n", File.ReadAllText(path));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/f")]
    [InlineData("../f")]
    public void A_name_that_leads_elsewhere_is_a_defect_of_the_caller(string name)
    {
        using var open = Open();
        var e = Assert.Throws<ArgumentException>(() => AuthFileWriter.Write(open, name, "x"u8, Unreached));
        Assert.StartsWith("not a plain file name", e.Message, StringComparison.Ordinal);
        Assert.Equal("fileName", e.ParamName);
        Assert.Empty(open.Names());
    }

    [Theory]
    [InlineData("")]
    [InlineData("longer than what was there before")]
    public void An_older_file_is_replaced_by_another_one(string content)
    {
        File.WriteAllText(Path.Combine(folder, "f"), "older");
        File.SetUnixFileMode(Path.Combine(folder, "f"), (UnixFileMode)0x1A4);
        using var older = new StreamReader(Path.Combine(folder, "f"));
        using var open = Open();
        var marks = 0;
        AuthFileWriter.Write(open, "f", Encoding.UTF8.GetBytes(content), _ => marks++);
        Assert.Equal(["f"], open.Names());
        Assert.Equal(content, File.ReadAllText(Path.Combine(folder, "f")));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(Path.Combine(folder, "f")));
        Assert.Equal(1, marks);
        Assert.Equal("older", older.ReadToEnd()); // a reader that has it open keeps the old content
    }

    /// <summary>The kernel refuses it at the link, and again at the rename of a temporary name.</summary>
    [Fact]
    public void A_name_that_is_too_long_leaves_nothing_behind()
    {
        using var open = Open();
        var name = new string('f', 256);
        AssertNotWritten(name, "File name too long", Record.Exception(() => Write(open, name)));
        Assert.Empty(open.Names());
        Write(open, name[1..]);
        Assert.Equal([name[1..]], open.Names());
    }

    [Fact]
    public void A_directory_in_the_files_place_stays()
    {
        using var open = Open();
        Directory.CreateDirectory(Path.Combine(folder, "f"));
        AssertNotWritten("f", "Is a directory", Record.Exception(() => Write(open, "f")));
        Assert.Equal(["f"], open.Names());
    }

    [Fact]
    public void A_directory_that_was_removed_meanwhile_is_reported()
    {
        using var open = Open();
        Directory.Delete(folder);
        AssertNotWritten("f", "No such file or directory", Record.Exception(() => Write(open, "f")));
    }

    private static void Write(AuthDirectory open, string name) => AuthFileWriter.Write(open, name, "x"u8, _ => { });

    private static void Unreached(object file) => Assert.Fail("the file was written");

    private void AssertNotWritten(string name, string why, Exception? thrown)
    {
        var e = Assert.IsType<ProviderException>(thrown);
        Assert.Equal(
            (Reasons.AuthFileNotWritten, $"auth file \"{folder}/{name}\" could not be written: {why}", Hint),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    private AuthDirectory Open() => AuthDirectory.OpenOrCreate(folder, notice => Assert.Fail(notice.Message));
}
