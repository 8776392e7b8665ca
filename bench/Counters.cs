// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bench;

/// <summary>What is counted once, by tools that would disturb the times: memory, system calls, instructions.</summary>
internal static partial class Counters
{
    /// <summary>
    /// The most that was resident at once, in KiB. By time(1), a small process: what starts a program leaves its own
    /// size in the kernel's figure.
    /// </summary>
    public static double Memory(Program program, string folder)
    {
        var output = Path.Combine(folder, "memory");
        return Statistics.Median(
            Enumerable
                .Range(0, 5)
                .Select(_ =>
                {
                    program.Run("/usr/bin/time", "-f", "%M", "-o", output, "--");
                    return Number(File.ReadAllText(output).Trim());
                })
        );
    }

    public static double SystemCalls(Program program, string folder)
    {
        var output = Path.Combine(folder, "strace");
        program.Run("/usr/bin/strace", "-f", "-qq", "-c", "-o", output);
        return Number(Total().Match(File.ReadAllText(output)).Groups[1].Value);
    }

    /// <summary>
    /// In user mode, in millions; the least of three runs, since threads that wait for each other spin for a while that
    /// depends on the moment.
    /// </summary>
    public static double Instructions(Program program, string folder)
    {
        var output = Path.Combine(folder, "callgrind");
        return Enumerable
                .Range(0, 3)
                .Min(_ =>
                {
                    program.Run(
                        "/usr/bin/valgrind",
                        "--tool=callgrind",
                        "--callgrind-out-file=/dev/null",
                        "--log-file=" + output
                    );
                    return Number(Collected().Match(File.ReadAllText(output)).Groups[1].Value);
                }) / 1e6;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+)(?: +\d+)? total\s*$")]
    private static partial Regex Total();

    [GeneratedRegex(@"Collected : (\d+)")]
    private static partial Regex Collected();
}
