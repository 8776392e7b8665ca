// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Very many leftovers at once.</summary>
public sealed class LeftoverCountTests : IDisposable
{
    private const string Digest = "7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5";

    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void Twenty_thousand_files_are_all_removed_and_are_one_line()
    {
        for (var i = 0; i < 20_000; i++)
        {
            File.WriteAllText(world.At($"auth/ns-{i}-{Digest}.json"), "");
        }

        world.KeepIntents();
        world.ClockJump = TimeSpan.FromSeconds(61);
        var removed = world.Sweep().Removed;
        Assert.Equal(20_000, removed.Count);
        var line = Assert.Single(Sentences.RemovedLeftovers(world.At("auth"), removed));
        Assert.Equal($"Removed 20000 auth files of earlier pulls from {world.At("auth")}", line.Message);
        Assert.Equal(100, Sentences.RemovedLeftovers(world.At("auth"), removed.Take(100).ToList()).Count());
    }
}
