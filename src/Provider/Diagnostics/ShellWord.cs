// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Writes a value as one word of a shell command. To build a command, use <see
/// cref="ShellCommand"/>.</summary>
internal static class ShellWord
{
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=@%+,-"
    );

    /// <summary>Unchanged if it has no special meaning to the shell, else in single quotes.</summary>
    public static string Of(string value) =>
        value.Length > 0 && value[0] != '-' && !value.AsSpan().ContainsAnyExcept(PlainCharacters)
            ? value
            : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
