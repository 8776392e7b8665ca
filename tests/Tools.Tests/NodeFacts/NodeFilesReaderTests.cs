// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.NodeFacts;

/// <summary>
/// What is not there is null; what cannot be examined is unknown. Links in a circle stand for every error that root
/// itself meets: the kernel refuses them with ELOOP.
/// </summary>
public sealed class NodeFilesReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
    private readonly NodeFilesReader files;

    public NodeFilesReaderTests()
    {
        Directory.CreateDirectory(At("proc/7/ns"));
        File.WriteAllText(At("file"), "text");
        File.CreateSymbolicLink(At("proc/7/ns/pid"), "pid:[1]");
        File.CreateSymbolicLink(At("link"), "/proc/7");
        File.CreateSymbolicLink(At("loop"), "loop");
        files = new NodeFilesReader(folder);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("/proc/7/ns/pid", "pid:[1]")]
    [InlineData("/link/ns/pid", "pid:[1]")] // an absolute link on the way leads below the root
    [InlineData("/loop", "loop")]
    [InlineData("/proc/8/ns/pid", null)]
    [InlineData("/file/below", null)]
    [InlineData("/file", null)]
    [InlineData("/proc/7", null)]
    public void What_a_link_holds_is_null_where_there_is_no_link(string path, string? expected) =>
        Assert.Equal(expected, files.LinkTarget(path));

    [Fact]
    public void A_link_of_the_kernels_is_read_as_it_is() =>
        Assert.StartsWith("pid:[", new NodeFilesReader("/").LinkTarget("/proc/self/ns/pid"), StringComparison.Ordinal);

    /// <summary>
    /// Else a process in a container could pass for the node's kubelet where nobody may look at namespaces.
    /// </summary>
    [Fact]
    public void What_cannot_be_examined_is_unknown_and_not_absent()
    {
        AssertUnknown("\"/loop/ns/pid\" cannot be examined: Too many levels of symbolic links", () =>
            files.LinkTarget("/loop/ns/pid")
        );
        AssertUnknown("\"/loop\" leads through too many links", () => files.Find("/loop"));
        AssertUnknown("\"/loop\" cannot be read: Too many levels of symbolic links", () => files.ReadText("/loop"));
        AssertUnknown("\"/loop\" cannot be read: Too many levels of symbolic links", () => files.OpenRegular("/loop"));
    }

    /// <summary>Processes end while their directories in /proc are read, where the kernel then answers ESRCH.</summary>
    [Fact]
    public void A_process_that_ends_meanwhile_is_absent()
    {
        using var process = Process.Start("sleep", "60");
        var ofProcess = new NodeFilesReader($"/proc/{process.Id}");
        Assert.Equal("sleep\n", ofProcess.ReadText("/comm"));
        process.Kill();
        process.WaitForExit();
        Assert.Null(ofProcess.ReadText("/comm"));
        Assert.Null(ofProcess.Find("/comm"));
        Assert.Null(ofProcess.OpenRegular("/comm"));
        Assert.Null(ofProcess.LinkTarget("/exe"));
        Assert.Empty(ofProcess.Names("/fd"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("proc", null)]
    [InlineData("none", "there is no such directory")]
    [InlineData("file", "there is no such directory")]
    [InlineData("loop", "Too many levels of symbolic links")]
    public void A_root_that_cannot_be_used_says_why(string name, string? why) =>
        Assert.Equal(why, NodeFilesReader.WhyNotRoot(At(name)));

    private static void AssertUnknown(string message, Func<object?> look) =>
        Assert.Equal(message, Assert.Throws<FactUnknownException>(look).Message);

    private string At(string name) => Path.Combine(folder, name);
}
