// SPDX-License-Identifier: Apache-2.0
namespace Bench;

/// <summary>A program to measure: its command line, and the state before each run.</summary>
/// <param name="Name">The program's column in the tables.</param>
/// <param name="Command">Path and arguments.</param>
/// <param name="Request">The file to use as stdin.</param>
/// <param name="AuthDirectory">The directory of its auth files. They are deleted before each run, because CRI-O would
/// have picked them up.</param>
internal sealed record Program(string Name, IReadOnlyList<string> Command, string Request, string? AuthDirectory)
{
    /// <param name="tool">A tool with its options that runs the program; empty for none.</param>
    public Cost Run(params string[] tool)
    {
        foreach (
            var file in AuthDirectory is not null && Directory.Exists(AuthDirectory)
                ? Directory.GetFiles(AuthDirectory)
                : []
        )
        {
            File.Delete(file);
        }

        return Child.Run([.. tool, .. Command], Request);
    }
}
