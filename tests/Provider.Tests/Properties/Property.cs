// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

/// <summary>
/// Runs a property on generated values, the same ones at each run: the seed of each value is made of the test's name
/// and its number. A failure is handed to CsCheck, which looks for a smaller value and prints its seed.
/// <c>TEST_PROPERTY_SEED=NUMBER</c> starts elsewhere, <c>TEST_PROPERTY_ROUNDS=NUMBER</c> multiplies the values.
/// </summary>
internal static class Property
{
    private static readonly ulong Start = Number("TEST_PROPERTY_SEED", 0);
    private static readonly ulong Times = Number("TEST_PROPERTY_ROUNDS", 1);

    public static void Holds<T>(
        Gen<T> values,
        Action<T> property,
        Func<T, string>? print = null,
        int rounds = 3000,
        [CallerMemberName] string name = ""
    )
    {
        foreach (var seed in Seeds(name, rounds))
        {
            var value = values.Generate(PCG.Parse(seed), null, out _);
            try
            {
                property(value);
            }
            catch (Exception e)
            {
                values.Sample(property, seed: seed, iter: 5000, threads: 1, print: print);
                throw new InvalidOperationException(
                    $"seed {seed} fails alone, but not again: the property depends on something else",
                    e
                );
            }
        }
    }

    /// <summary>How often the generator makes a value of this kind: a property that never sees a near miss shows
    /// nothing.</summary>
    public static double Share<T>(
        Gen<T> values,
        Func<T, bool> kind,
        int rounds = 2000,
        [CallerMemberName] string name = ""
    ) =>
        Seeds(name, rounds).Count(seed => kind(values.Generate(PCG.Parse(seed), null, out _)))
        / (double)(rounds * (int)Times);

    private static IEnumerable<string> Seeds(string name, int rounds)
    {
        var state =
            Encoding.UTF8.GetBytes(name).Aggregate(14695981039346656037UL, (hash, b) => (hash ^ b) * 1099511628211UL)
            + Start;
        for (ulong i = 0; i < (ulong)rounds * Times; i++)
        {
            yield return new PCG((uint)(state % 64), unchecked(state + (i * 0x9E3779B97F4A7C15UL))).ToString();
        }
    }

    private static ulong Number(string variable, ulong otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
