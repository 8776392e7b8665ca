// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("there", true)]
    [InlineData("new", true)]
    [InlineData("a/new", false)]
    public void Only_the_directory_itself_is_created(string name, bool exists)
    {
        Directory.CreateDirectory(At("there"));
        Assert.Equal(exists, RunDirectory.Exists(At(name)));
        Assert.Equal(exists, Directory.Exists(At(name)));
        using var open = RunDirectory.OpenOrCreate(At(name));
        Assert.Equal(exists, open is not null);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1000u, false)]
    public void A_directory_of_another_user_is_not_used(uint owner, bool isUsed)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can change an owner");
        Directory.CreateDirectory(At("run"), (UnixFileMode)0x1C0);
        using (var handle = Libc.Open(At("run"), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC))
        {
            Assert.Equal(0, Libc.Fchown(handle, owner, owner));
        }

        using var open = RunDirectory.OpenOrCreate(At("run"));
        Assert.Equal(isUsed, open is not null);
    }

    private string At(string name) => Path.Combine(folder, name);
}
