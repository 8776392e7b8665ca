// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace CrioCredentialProvider.TestSupport;

/// <summary>A run and what it cost, as the kernel counted it for GNU time.</summary>
/// <param name="Result">What it came to.</param>
/// <param name="Processor">In user and kernel mode together, to a hundredth of a second.</param>
/// <param name="Wall">From start to end.</param>
/// <param name="PeakKilobytes">The most memory that was resident at any moment, in KiB.</param>
internal sealed record MeasuredRun(RunResult Result, TimeSpan Processor, TimeSpan Wall, long PeakKilobytes)
{
    public const string Command = "/usr/bin/time";

    /// <summary>
    /// By a program of its own that forks: a process keeps the peak of the one that it was before exec, and a child of
    /// this test process would begin with all of ours.
    /// </summary>
    public static MeasuredRun Of(Cluster cluster, ReadOnlySpan<byte> request, params IEnumerable<string> more) =>
        OfProgram(
            PublishedBinary.FilePath,
            cluster.At($"cost-{Guid.NewGuid():N}"),
            request,
            [.. cluster.Flags, .. more]
        );

    /// <param name="program">What is run.</param>
    /// <param name="costs">A file that does not exist yet.</param>
    /// <param name="stdin">What it is given.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="gate">A file: as long as somebody has it open for himself alone, the start waits. Null: at
    /// once.</param>
    public static MeasuredRun OfProgram(
        string program,
        string costs,
        ReadOnlySpan<byte> stdin,
        IEnumerable<string> arguments,
        string? gate = null
    )
    {
        string[] command = [Command, "--quiet", "-o", costs, "-f", "%U %S %e %M", program, .. arguments];
        var run = gate is null
            ? PublishedBinary.RunIn(command[0], stdin, [], command[1..])
            : PublishedBinary.RunIn(
                "/bin/bash",
                stdin,
                [("PATH", "/usr/bin:/bin")],
                ["-c", "exec 9<\"$0\"; flock -s 9; exec 9<&-; exec \"$@\"", gate, .. command]
            );
        var cost = Array.ConvertAll(File.ReadAllText(costs).Split(' '), text =>
            double.Parse(text, CultureInfo.InvariantCulture)
        );
        return new MeasuredRun(
            run,
            TimeSpan.FromSeconds(cost[0] + cost[1]),
            TimeSpan.FromSeconds(cost[2]),
            (long)cost[3]
        );
    }
}
