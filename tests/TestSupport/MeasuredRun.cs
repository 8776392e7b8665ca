// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace CrioCredentialProvider.TestSupport;

/// <summary>A run and its cost, as GNU time reports it from the kernel.</summary>
/// <param name="Result">The result of the run.</param>
/// <param name="Processor">CPU time in user and kernel mode, with a resolution of 10 ms.</param>
/// <param name="Wall">Time from start to end.</param>
/// <param name="PeakKilobytes">Peak resident set size in KiB.</param>
internal sealed record MeasuredRun(RunResult Result, TimeSpan Processor, TimeSpan Wall, long PeakKilobytes)
{
    public const string Command = "/usr/bin/time";

    /// <summary>
    /// Uses a separate program that forks: a process keeps the peak of the program that it was before exec, so a child
    /// of this test process would start with the test process's peak.
    /// </summary>
    public static MeasuredRun Of(Cluster cluster, ReadOnlySpan<byte> request, params IEnumerable<string> more) =>
        OfProgram(
            PublishedBinary.FilePath,
            cluster.At($"cost-{Guid.NewGuid():N}"),
            request,
            [.. cluster.Flags, .. more]
        );

    /// <param name="program">The program to run.</param>
    /// <param name="costs">The path of a file for the cost, which must not exist yet.</param>
    /// <param name="stdin">The content of stdin.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="gate">A file that delays the start as long as another process has it open exclusively; null starts
    /// at once.</param>
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
