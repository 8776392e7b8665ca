// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>
/// When CRI-O was started decides whether files that it took are removed, so nobody else may pass for it.
/// </summary>
public sealed class CrioProcessReaderTests : IDisposable
{
    private static readonly DateTimeOffset Boot = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_oldest_process_of_the_node_counts()
    {
        Put(20, "crio", seconds: 200);
        Put(30, "crio", seconds: 300); // crio status
        Put(10, "conmon", seconds: 100);
        Directory.CreateDirectory(Path.Combine(folder, "sys"));
        Assert.Equal(Boot.AddSeconds(200), Start());
    }

    [Theory]
    [InlineData("0", "5")]
    [InlineData("1000", "5")] // another user's
    [InlineData("0", "5\t1")] // root's in a container
    public void A_tenants_process_that_calls_itself_so_does_not(string user, string pids)
    {
        Put(5, "crio", seconds: 50, user, pids);
        Put(20, "crio", seconds: 200);
        Assert.Equal(Boot.AddSeconds((user, pids) == ("0", "5") ? 50 : 200), Start());
    }

    [Fact]
    public void Without_one_or_with_one_that_cannot_be_examined_it_is_unknown()
    {
        Assert.Null(Start());
        Put(20, "crio", seconds: 200);
        Assert.NotNull(Start());
        Directory.CreateDirectory(Path.Combine(folder, "30"));
        Assert.NotNull(Start()); // it ended between the two looks
        File.CreateSymbolicLink(Path.Combine(folder, "30/comm"), "comm");
        Assert.Null(Start()); // ELOOP: it may be the older one
    }

    [Fact]
    public void Without_a_procfs_it_is_unknown() =>
        Assert.Null(CrioProcessReader.StartOfOldest(Clocks(), Path.Combine(folder, "missing")));

    private DateTimeOffset? Start() => CrioProcessReader.StartOfOldest(Clocks(), folder);

    private static Clocks Clocks() => new(() => Boot.AddHours(1), () => TimeSpan.FromHours(1));

    private void Put(int id, string name, int seconds, string user = "0", string? pids = null)
    {
        var process = Directory.CreateDirectory(Path.Combine(folder, $"{id}")).FullName;
        File.WriteAllText(Path.Combine(process, "comm"), name + "\n");
        File.WriteAllText(
            Path.Combine(process, "status"),
            $"Name:\t{name}\\nUid:\t0\nUid:\t{user}\t{user}\t{user}\t{user}\nNSpid:\t{pids ?? $"{id}"}\n"
        );
        File.WriteAllText(
            Path.Combine(process, "stat"),
            $"{id} ({name}) S 1 {id} {id} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {seconds * 100} 1\n"
        );
    }
}
