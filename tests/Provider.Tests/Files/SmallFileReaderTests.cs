// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tests.Files;

public sealed class SmallFileReaderTests : IDisposable
{
    private const int Most = 10;
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public SmallFileReaderTests()
    {
        Directory.CreateDirectory(At("root/etc/deep"));
        Directory.CreateDirectory(At("outside"));
        File.WriteAllText(At("outside/secret"), "outside");
        File.WriteAllText(At("root/etc/file"), "inside");
        File.WriteAllText(At("root/etc/most"), new string('x', Most));
        File.WriteAllText(At("root/etc/more"), new string('x', Most + 1));
        File.WriteAllText(At("root/etc/empty"), "");
        Link("absolute", "/etc/file");
        Link("relative", "file");
        Link("deep/up", "../file");
        Link("chain", "absolute");
        Link("directory", "/etc");
        Link("nowhere", "/etc/none");
        Link("loop", "loop");
        Link("out", At("outside/secret"));
        Link("up-and-out", "../../../../../../../../../../.." + At("outside/secret"));
        Link("out-directory", At("outside"));
        Process.Start("mkfifo", [At("root/etc/pipe")]).WaitForExit();
    }

    /// <summary>Each path as the kernel resolves it below the root, and as RootedPath does for older kernels.</summary>
    public static TheoryData<string, string?> Paths =>
        new()
        {
            { "/etc/file", "inside" },
            { "//etc/./deep/../file", "inside" },
            { "/../../etc/file", "inside" },
            { "/etc/absolute", "inside" },
            { "/etc/relative", "inside" },
            { "/etc/deep/up", "inside" },
            { "/etc/chain", "inside" },
            { "/etc/directory/directory/file", "inside" },
            { "/etc/empty", "" },
            { "/etc/most", "xxxxxxxxxx" },
            { "/etc/none", null },
            { "/etc/none/file", null },
            { "/etc/file/file", null },
            { "/etc/nowhere", null },
            { "/etc/out", null },
            { "/etc/up-and-out", null },
            { "/etc/out-directory/secret", null },
            { "/etc/more", "it is larger than 10 bytes; check its content" },
            { "/etc/deep", "it is a directory; name a file" },
            { "/etc/directory", "it is a directory; name a file" },
            { "/", "it is a directory; name a file" },
            { "/etc/pipe", "it is not a regular file; name a regular file" },
            { "/etc/loop", "Too many levels of symbolic links; make it readable for root" },
            { "/etc/" + new string('n', 300), "File name too long; make it readable for root" },
        };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_path_below_a_root_never_leads_out_of_it(string path, string? expected) =>
        Assert.Equal(expected, Read(SmallFileReader.Below(At("root")), path));

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_kernel_without_openat2_gives_the_same_answers(string path, string? expected)
    {
        using var root = Libc.Open(At("root"), Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        using var byName = RootedPath.Walk(root, path, Libc.O_RDONLY | Libc.O_NONBLOCK, visit: null, out _);
        var isOpen = !byName.IsInvalid;
        var error = Errno.Message;
        using var byKernel = RootedPath.Open(root, path, Libc.O_RDONLY | Libc.O_NONBLOCK);
        Assert.Equal(!byKernel.IsInvalid, isOpen);
        if (isOpen)
        {
            Assert.Equal(Inode(byKernel), Inode(byName));
        }
        else
        {
            Assert.Equal(Errno.Message, error);
            Assert.Equal(expected, Errno.IsAbsence ? null : error + "; make it readable for root");
        }
    }

    [Fact]
    public void Without_a_root_links_lead_anywhere()
    {
        Assert.Equal("outside", Read(SmallFileReader.ThisNode, At("root/etc/out")));
        Assert.Equal("inside", Read(SmallFileReader.Below("/"), At("root/etc/relative")));
        Assert.Null(Read(SmallFileReader.ThisNode, At("root/etc/absolute")));
    }

    [Fact]
    public void A_socket_and_a_device_are_not_read()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(At("socket")));
        Assert.Equal("it is not a regular file; name a regular file", Read(SmallFileReader.ThisNode, At("socket")));
        Assert.Equal("it is not a regular file; name a regular file", Read(SmallFileReader.ThisNode, "/dev/zero"));
    }

    [Fact]
    public void A_pipe_is_read_where_a_person_names_it()
    {
        using var shell = Process.Start("sh", ["-c", "printf words >\"$0\"", At("root/etc/pipe")]);
        Assert.Equal("words"u8, SmallFileReader.ThisNode.ReadInput(At("root/etc/pipe"), Most)!);
        shell.WaitForExit();
    }

    [Fact]
    public void A_file_without_a_size_is_read_to_its_end()
    {
        var bytes = SmallFileReader.ThisNode.Read("/proc/self/status", 1 << 20)!;
        Assert.StartsWith("Name:", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal((byte)'\n', bytes[^1]);
        Assert.Equal(
            "it is larger than 10 bytes; check its content",
            Read(SmallFileReader.ThisNode, "/proc/self/status")
        );
    }

    [Fact]
    public void Names_are_sorted_and_a_link_in_a_directorys_place_is_skipped()
    {
        var files = SmallFileReader.Below(At("root"));
        Assert.Equal(
            [
                "absolute",
                "chain",
                "deep",
                "directory",
                "empty",
                "file",
                "loop",
                "more",
                "most",
                "nowhere",
                "out",
                "out-directory",
                "pipe",
                "relative",
                "up-and-out",
            ],
            files.Names("/etc/directory/deep/..")
        );
        Assert.Null(files.Names("/etc/directory"));
        Assert.Null(files.Names("/etc/file"));
        Assert.Null(files.Names("/etc/none"));
        Assert.Throws<UnreadableFileException>(() => files.Names("/etc/loop/deep"));
    }

    [Fact]
    public void Existence_that_cannot_be_determined_is_an_error()
    {
        var files = SmallFileReader.Below(At("root"));
        Assert.True(files.Exists("/etc/chain"));
        Assert.False(files.Exists("/etc/nowhere"));
        Assert.False(files.Exists("/etc/file/file"));
        Assert.Throws<UnreadableFileException>(() => files.Exists("/etc/loop"));
    }

    private static string? Read(SmallFileReader files, string path)
    {
        try
        {
            return files.ReadText(path, Most);
        }
        catch (UnreadableFileException e)
        {
            return $"{e.Message}; {e.Hint}";
        }
    }

    private static ulong Inode(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        Assert.Equal(0, Libc.Statx(file, out var status));
        return status.Inode;
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Link(string name, string target) => File.CreateSymbolicLink(At("root/etc/" + name), target);
}
