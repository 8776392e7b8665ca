using System.Diagnostics;
using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.NodeFacts;

public sealed class NodeFilesReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    private string File => Path.Combine(folder, "root", "f");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Somebody who owns a directory of the node may change what is in it between the look and the open.</summary>
    [Theory]
    [InlineData("a link", "\"/f\" cannot be read: Too many levels of symbolic links")]
    [InlineData("a pipe", "\"/f\" is no file")]
    [InlineData("a directory", "\"/f\" is no file")]
    [InlineData("nothing", null)]
    public void What_was_put_in_a_files_place_since_the_look_is_not_read(string other, string? problem)
    {
        Directory.CreateDirectory(Path.Combine(folder, "root"));
        System.IO.File.WriteAllText(File, "inside");
        System.IO.File.WriteAllText(Path.Combine(folder, "outside"), "outside");
        var files = new NodeFilesReader(Path.Combine(folder, "root"));
        var seen = files.Find("/f")!;
        using (var inside = files.Open("/f", seen))
        {
            Assert.NotNull(inside);
        }

        System.IO.File.Delete(File);
        switch (other)
        {
            case "a link":
                System.IO.File.CreateSymbolicLink(File, Path.Combine(folder, "outside"));
                break;
            case "a pipe":
                Process.Start("mkfifo", [File]).WaitForExit();
                break;
            case "a directory":
                Directory.CreateDirectory(File);
                break;
            default:
                Assert.Null(files.Open("/f", seen));
                return;
        }

        Assert.Equal(problem, Assert.Throws<FactUnknownException>(() => files.Open("/f", seen)).Message);
    }
}
