// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Bench;

/// <summary>
/// What different builds of the program cost, in figures that a busy machine does not disturb: the decision records
/// compare settings of the build and libraries by them.
/// </summary>
internal static class BuildTable
{
    private static readonly int[] SecretCounts = [1, 1000, 5000];

    /// <summary>Prints a row for each file and number of secrets.</summary>
    public static void Print(IEnumerable<string> files)
    {
        using var fixture = new Fixture();
        Console.WriteLine("| file | bytes | secrets | instructions M | system calls | memory MB |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        foreach (var file in files)
        {
            var provider = fixture.Provider("provider", Path.GetFullPath(file), withJournal: false);
            foreach (var secrets in SecretCounts)
            {
                fixture.Server.Secrets = secrets;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {file} | {new FileInfo(file).Length} | {secrets} | "
                            + $"{Counters.Instructions(provider, fixture.Folder):0.00} | "
                            + $"{Counters.SystemCalls(provider, fixture.Folder)} | "
                            + $"{Counters.Memory(provider, fixture.Folder) * 1024 / 1e6:0.0} |"
                    )
                );
            }
        }
    }
}
