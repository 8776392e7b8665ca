// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Bench;

/// <summary>
/// Compares builds of the program by figures that do not depend on the machine's load. The decision records use them to
/// compare build settings and libraries.
/// </summary>
internal static class BuildTable
{
    private static readonly int[] SecretCounts = [1, 1000, 5000];

    /// <summary>Prints a row for each file and each number of secrets.</summary>
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
