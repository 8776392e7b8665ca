// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;

namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>The JSON type to which Kubernetes converts a scalar.</summary>
internal enum YamlScalarType
{
    Text,
    Boolean,
    Number,
    Null,
}

/// <summary>
/// Resolves plain scalars as every Kubernetes program does (sigs.k8s.io/yaml, which uses go.yaml.in/yaml/v2:
/// resolve.go): <c>yes</c> is a boolean, <c>0b1</c> a number, and a timestamp a string.
/// </summary>
internal static class YamlScalarTypes
{
    private static readonly SearchValues<char> MantissaCharacters = SearchValues.Create("0123456789.");

    private static readonly string[] True = ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
    private static readonly string[] False =
    [
        "n",
        "N",
        "no",
        "No",
        "NO",
        "false",
        "False",
        "FALSE",
        "off",
        "Off",
        "OFF",
    ];

    private static readonly string[] NotFinite =
    [
        ".nan",
        ".NaN",
        ".NAN",
        ".inf",
        ".Inf",
        ".INF",
        "+.inf",
        "+.Inf",
        "+.INF",
        "-.inf",
        "-.Inf",
        "-.INF",
    ];

    /// <param name="plain">A scalar without quotes.</param>
    public static YamlScalarType Of(string plain) =>
        plain switch
        {
            "" or "~" or "null" or "Null" or "NULL" => YamlScalarType.Null,
            _ when True.Contains(plain) || False.Contains(plain) => YamlScalarType.Boolean,
            _ when NotFinite.Contains(plain) || IsNumber(plain) => YamlScalarType.Number,
            _ => YamlScalarType.Text,
        };

    /// <param name="plain">A boolean scalar.</param>
    public static bool IsTrue(string plain) => True.Contains(plain);

    private static bool IsNumber(string plain)
    {
        if (plain[0] == '.')
        {
            return IsFloat(plain);
        }

        if (!char.IsAsciiDigit(plain[0]) && plain[0] is not ('+' or '-'))
        {
            return false;
        }

        var digits = plain.Replace("_", "", StringComparison.Ordinal);
        return IsInteger(digits)
            || IsFloat(digits)
            || (digits.StartsWith("0b", StringComparison.Ordinal) && IsSigned(digits[2..], 2));
    }

    /// <summary>Go's <c>ParseInt</c> or <c>ParseUint</c> with base 0, where the prefix gives the base.</summary>
    private static bool IsInteger(string text)
    {
        var unsigned = text.TrimStart('+', '-');
        var sign = text[..^unsigned.Length];
        var (numberBase, prefix) = unsigned switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        return unsigned.Length > prefix
            && char.IsAsciiHexDigit(unsigned[prefix])
            && IsSigned(sign + unsigned[prefix..], numberBase);
    }

    /// <summary>Digits of the base with at most one sign, if the number fits into 64 bits.</summary>
    private static bool IsSigned(string text, int numberBase)
    {
        var digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        UInt128 number = 0;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : numberBase;
            number = number * (uint)numberBase + (uint)digit;
            if (digit >= numberBase || number > ulong.MaxValue)
            {
                return false;
            }
        }

        var most = text switch
        {
            ['-', ..] => (ulong)long.MaxValue + 1,
            ['+', ..] => (ulong)long.MaxValue,
            _ => ulong.MaxValue,
        };
        return digits.Length > 0 && number <= most;
    }

    /// <summary>A decimal float. One that does not fit into 64 bits is a string.</summary>
    private static bool IsFloat(string text)
    {
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        var exponent = rest.IndexOfAny('e', 'E');
        var mantissa = exponent < 0 ? rest : rest[..exponent];
        var digits = exponent < 0 ? "0" : rest[(exponent + 1)..];
        digits = digits is ['+' or '-', ..] ? digits[1..] : digits;
        return mantissa.ContainsAnyInRange('0', '9')
            && !mantissa.ContainsAnyExcept(MantissaCharacters)
            && mantissa.Count('.') < 2
            && !digits.IsEmpty
            && !digits.ContainsAnyExceptInRange('0', '9')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number);
    }
}
