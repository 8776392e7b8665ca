// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Fuzz.Targets;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Fuzz;

/// <summary>Replays what <c>make fuzz</c> starts from and what it ever found, through the same promises.</summary>
public sealed class CorpusTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Fuzz");

    public static TheoryData<string> Files =>
        new(
            ((string[])["corpus", "regressions"])
                .SelectMany(kind => Directory.GetFiles(Path.Combine(Folder, kind), "*", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(Folder, file))
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_input_keeps_the_promises(string file) =>
        TargetOf(file).Run(File.ReadAllBytes(Path.Combine(Folder, file)));

    /// <summary>A file that is cut off anywhere: a disk full, a connection lost, a reader that was too quick.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_input_keeps_the_promises_when_it_is_cut_off(string file)
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder, file));
        var step = Math.Max(1, whole.Length / 64);
        for (var length = 0; length < whole.Length; length += step)
        {
            TargetOf(file).Run(whole[..length]);
        }
    }

    [Fact]
    public void Every_target_has_seeds() =>
        Assert.Equal(
            FuzzTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal),
            Directory
                .GetDirectories(Path.Combine(Folder, "corpus"))
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
        );

    private static FuzzTarget TargetOf(string file) =>
        Assert.Single(FuzzTargets.All, target => target.Name == file.Split('/')[1]);
}
