// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>Sizes such as <c>64MiB</c>, <c>512KiB</c> or a number of bytes.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("", 1),
    ];

    /// <summary>Accepts more than zero and at most 1 GiB.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var (unit, factor) = Array.Find(Units, known => text.EndsWith(known.Unit, StringComparison.Ordinal));
        bytes = 0;
        if (
            !int.TryParse(
                text.AsSpan(0, text.Length - unit.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
        {
            return false;
        }

        bytes = number * factor;
        return bytes is > 0 and <= 1 << 30;
    }

    /// <summary>In the largest unit that divides the size.</summary>
    public static string Format(long bytes)
    {
        var (unit, factor) = Array.FindLast(Units, known => known.Unit.Length > 0 && bytes % known.Bytes == 0);
        return factor == 0 ? $"{bytes} bytes" : $"{bytes / factor} {unit}";
    }
}
