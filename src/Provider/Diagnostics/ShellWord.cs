// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Writes a value as one word of a shell's command line. Commands are made of
/// <see cref="ShellCommand"/>.</summary>
internal static class ShellWord
{
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=@%+,-"
    );

    /// <summary>As it is when it has no meaning to the shell, else in single quotes.</summary>
    public static string Of(string value) =>
        value.Length > 0 && value[0] != '-' && !value.AsSpan().ContainsAnyExcept(PlainCharacters)
            ? value
            : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
