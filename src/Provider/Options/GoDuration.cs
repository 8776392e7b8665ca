using System.Buffers;
using System.Globalization;

namespace CrioCredentialProvider.Options;

/// <summary>Durations as Go's <c>time.ParseDuration</c> writes them: <c>20s</c>, <c>1m30s</c>, <c>500ms</c>, <c>0</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        // Two-letter units first: "ms" must not be read as minutes and an "s".
        ("ns", TimeSpan.TicksPerMicrosecond / 1000.0),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("µs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Not negative, and at most a day: more is a slip of the pen here.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var rest = text.AsSpan();
        double ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var known = false;
            foreach (var (unit, unitTicks) in Units)
            {
                if (rest.StartsWith(unit, StringComparison.Ordinal))
                {
                    ticks += number * unitTicks;
                    rest = rest[unit.Length..];
                    known = true;
                    break;
                }
            }

            if (!known || ticks > TimeSpan.TicksPerDay)
            {
                return false;
            }
        }

        duration = TimeSpan.FromTicks((long)ticks);
        return text.Length > 0;
    }
}
