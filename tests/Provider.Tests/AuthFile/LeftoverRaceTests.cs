// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Sweeps and deliveries at one time.</summary>
public sealed class LeftoverRaceTests : IDisposable
{
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    /// <summary>
    /// Old files are replaced by new ones under the sweep's hands. CRI-O must find each new file as it was written:
    /// a sweep that looked at the old one must not remove the new one.
    /// </summary>
    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void A_sweep_never_removes_the_file_that_has_just_replaced_a_leftover(int handOverSeconds)
    {
        var written = System.Text.Encoding.UTF8.GetString(AuthFileContent.Empty.ToJson());
        const int Fewest = 100; // also on a machine that has much else to do
        using var end = new CancellationTokenSource();
        var longEnough = System.Diagnostics.Stopwatch.StartNew();
        var lost = 0;
        var rounds = 0;
        var sweepers = Enumerable
            .Range(0, 2)
            .Select(_ => new Thread(() =>
            {
                while (!end.IsCancellationRequested)
                {
                    world.Sweep();
                }
            }))
            .ToList();
        sweepers.ForEach(t => t.Start());
        try
        {
            while (rounds < Fewest || longEnough.Elapsed < TimeSpan.FromSeconds(3))
            {
                PutOld();
                using (
                    var delivery = new AuthFileDelivery(
                        world.Settings(TimeSpan.FromSeconds(handOverSeconds)),
                        "default",
                        HandOverWorld.Image,
                        "",
                        new RunJournal(
                            datagram => Assert.Fail(System.Text.Encoding.UTF8.GetString(datagram.Span)),
                            "run",
                            Priority.Error,
                            terminal: null
                        )
                    )
                )
                {
                    delivery.Deliver(AuthFileContent.Empty, TimeSpan.Zero);
                }

                Thread.SpinWait(rounds++ % 50 * 100);
                if (!File.Exists(world.FilePath) || ReadAsCrio(world.FilePath) != written)
                {
                    lost++;
                }
            }
        }
        finally
        {
            end.Cancel();
            sweepers.ForEach(t => t.Join());
        }

        Assert.Equal(0, lost);
    }

    /// <summary>By the system's own call: the framework's readers take a lock for a moment, which CRI-O does
    /// not.</summary>
    private static string ReadAsCrio(string path)
    {
        using var file = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        Assert.True(!file.IsInvalid, "the file is not there");
        var buffer = new byte[64];
        var length = (int)Libc.Read(file, buffer, buffer.Length);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    private void PutOld()
    {
        // A file of its own that is renamed: as long as it is young it has another name, which no sweep knows.
        Directory.CreateDirectory(world.At("auth"));
        var young = world.At("auth/young");
        File.WriteAllText(young, "old");
        File.SetLastWriteTimeUtc(young, DateTime.UtcNow - TimeSpan.FromHours(2));
        File.Move(young, world.FilePath, overwrite: true);
    }
}
