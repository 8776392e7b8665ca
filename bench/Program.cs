// SPDX-License-Identifier: Apache-2.0
namespace Bench;

/// <summary>A program to measure: how it is called, and what it must find before each run.</summary>
/// <param name="Name">Its column in the tables.</param>
/// <param name="Command">Path and arguments.</param>
/// <param name="Request">The file for its stdin.</param>
/// <param name="AuthDirectory">Where it leaves the auth file, which CRI-O would have taken before the next run.</param>
internal sealed record Program(string Name, IReadOnlyList<string> Command, string Request, string? AuthDirectory)
{
    /// <param name="tool">What runs it: a tool and its options, or nothing.</param>
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
