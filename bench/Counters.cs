// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bench;

/// <summary>Measures memory, system calls and instructions with tools that would distort the measured times.</summary>
internal static partial class Counters
{
    /// <summary>
    /// The peak resident set size in KiB. Measured by time(1), a small process, because the kernel's figure includes
    /// the size of the process that starts the program.
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
    /// Instructions in user mode, in millions. The minimum of three runs, because threads that wait for each other spin
    /// for a varying time.
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
