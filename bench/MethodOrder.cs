using System.Globalization;
using System.Text.RegularExpressions;

namespace Bench;

/// <summary>
/// Which of the binary's managed methods a run calls, for the compiler's option --order: methods that are called stand
/// together then, so that a run touches fewer pages of the file (docs/adr/0023).
/// </summary>
internal static partial class MethodOrder
{
    /// <param name="fixture">What the runs talk to.</param>
    /// <param name="binary">Without debugging symbols, since callgrind would take their addresses for others.</param>
    /// <param name="symbols">The same binary's symbols, as <c>nm</c> prints them.</param>
    public static IEnumerable<string> Of(Fixture fixture, string binary, IEnumerable<string> symbols)
    {
        var (addresses, names) = Managed(symbols);
        SortedSet<string> called = new(StringComparer.Ordinal);
        foreach (var (secrets, withJournal) in new[] { (1, false), (1, true), (600, false) })
        {
            fixture.Server.Secrets = secrets;
            var profile = fixture.At("callgrind");
            using var journal = withJournal ? new Journal(fixture.JournalPath) : null;
            fixture.Provider("provider", binary, withJournal)
                .Run("/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=" + profile, "--log-file=/dev/null");
            foreach (var line in File.ReadLines(profile))
            {
                if (Function().Match(line) is { Success: true } function)
                {
                    var i = addresses.BinarySearch(ulong.Parse(function.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i = i < 0 ? ~i - 1 : i;
                    if (i >= 0)
                    {
                        called.UnionWith(names[i]);
                    }
                }
            }
        }

        return called;
    }

    /// <summary>Managed code in order of address; equal code has one address and several names, other code none.</summary>
    private static (List<ulong> Addresses, List<List<string>> Names) Managed(IEnumerable<string> symbols)
    {
        List<ulong> addresses = [];
        List<List<string>> names = [];
        var isManaged = false;
        foreach (var symbol in symbols.Order(StringComparer.Ordinal))
        {
            if (symbol.Split(' ') is not [var address, "t" or "T", var name])
            {
                continue;
            }

            isManaged = name switch
            {
                "__start___managedcode" => true,
                "__stop___managedcode" => false,
                _ => isManaged,
            };
            var start = ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (addresses.Count == 0 || addresses[^1] != start)
            {
                addresses.Add(start);
                names.Add([]);
            }

            if (isManaged && !name.StartsWith("__start_", StringComparison.Ordinal))
            {
                names[^1].Add(name);
            }
        }

        return (addresses, names);
    }

    [GeneratedRegex(@"^c?fn=\(\d+\) 0x([0-9a-f]+)")]
    private static partial Regex Function();
}
