// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;

namespace CrioCredentialProvider.Options;

/// <summary>Durations in the syntax of Go's <c>time.ParseDuration</c>: <c>20s</c>, <c>1m30s</c>, <c>500ms</c>,
/// <c>0</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        // Two-letter units first: "ms" must not be read as minutes and an "s".
        ("ns", TimeSpan.TicksPerMicrosecond / 1000.0),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("µs", TimeSpan.TicksPerMicrosecond),
        ("μs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Without a sign, and at most a day, because a longer one is a typing error here.</summary>
    public static bool TryParse(string text, out TimeSpan duration) =>
        TryParseAny(text, out duration) && text[0] is not ('+' or '-') && duration <= TimeSpan.FromDays(1);

    /// <summary>Everything that Go's <c>time.ParseDuration</c> accepts, rounded to 100 nanoseconds.</summary>
    public static bool TryParseAny(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(text is ['-' or '+', ..] ? 1 : 0);
        if (rest is "0")
        {
            return true;
        }

        var isAny = false;
        double ticks = 0;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAnyExcept(NumberCharacters);
            if (
                end <= 0
                || !double.TryParse(
                    rest[..end],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                return false;
            }

            rest = rest[end..];
            if (!TryTakeUnit(ref rest, out var unitTicks))
            {
                return false;
            }

            (isAny, ticks) = (true, ticks + (number * unitTicks));
        }

        // Go stores a duration as nanoseconds in 64 bits.
        if (!isAny || ticks > long.MaxValue / 100)
        {
            return false;
        }

        // A negative nanosecond is less than a tick, but must stay negative.
        duration = TimeSpan.FromTicks(isNegative && ticks > 0 ? Math.Min(-1, -(long)ticks) : (long)ticks);
        return true;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> text, out double ticks)
    {
        foreach (var (unit, unitTicks) in Units)
        {
            if (text.StartsWith(unit, StringComparison.Ordinal))
            {
                text = text[unit.Length..];
                ticks = unitTicks;
                return true;
            }
        }

        ticks = 0;
        return false;
    }
}
