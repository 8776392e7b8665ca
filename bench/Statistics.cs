// SPDX-License-Identifier: Apache-2.0
namespace Bench;

/// <summary>Computes medians, which a single disturbed run does not affect.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs the programs alternately, so that other load on the machine affects all of them equally.</summary>
    public static Cost[][] Interleave(IReadOnlyList<Program> programs, int rounds)
    {
        foreach (var program in programs)
        {
            program.Run();
            program.Run();
        }

        var costs = programs.Select(_ => new Cost[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < programs.Count; i++)
            {
                costs[i][round] = programs[i].Run();
            }
        }

        return costs;
    }
}
