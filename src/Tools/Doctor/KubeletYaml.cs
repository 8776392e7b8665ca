using System.Globalization;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>What a scalar becomes when the kubelet turns YAML into JSON.</summary>
internal enum KubeletScalarType
{
    Text,
    Boolean,
    Number,
    Null,
}

/// <summary>
/// YAML as the kubelet reads it (sigs.k8s.io/yaml): the first document counts, and plain scalars have the types of
/// YAML 1.1, where <c>yes</c> is a boolean. JSON is read the same way.
/// </summary>
internal static class KubeletYaml
{
    private static readonly string[] Booleans =
    [
        "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
        "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
    ];

    /// <param name="file">For messages.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="error">Where and why it cannot be read; null when it can.</param>
    /// <param name="documents">How many documents there are.</param>
    /// <returns>The first document; null when there is none, or on an error.</returns>
    /// <exception cref="CheckSkippedException">It may be good for the kubelet, but is not read here.</exception>
    public static YamlNode? Load(string file, string text, out KubeletConfigError? error, out int documents)
    {
        (error, documents) = (null, 0);
        try
        {
            var all = YamlTree.Parse(text);
            documents = all.Count;
            return all.Count == 0 ? null : all[0];
        }
        catch (YamlTreeException e) when (e.Message.StartsWith("it is not YAML", StringComparison.Ordinal))
        {
            error = new KubeletConfigError($"{file}:{e.Line}:{e.Column}", e.Message);
            return null;
        }
        catch (YamlTreeException e)
        {
            throw new CheckSkippedException($"{file}:{e.Line}:{e.Column}: {e.Message}", isUndetermined: true);
        }
    }

    public static KubeletScalarType TypeOf(YamlScalar scalar)
    {
        if (scalar.IsQuoted)
        {
            return KubeletScalarType.Text;
        }

        return scalar.Text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => KubeletScalarType.Null,
            var value when Booleans.Contains(value) => KubeletScalarType.Boolean,
            var value when IsNumber(value) => KubeletScalarType.Number,
            _ => KubeletScalarType.Text,
        };
    }

    /// <summary>Whether a boolean scalar is true.</summary>
    public static bool IsTrue(YamlScalar scalar) => Array.IndexOf(Booleans, scalar.Text) < Booleans.Length / 2;

    /// <summary>Decimal, hexadecimal, octal and binary integers, with underscores, and floats, infinity and NaN.</summary>
    private static bool IsNumber(string value)
    {
        var digits = value.Replace("_", "", StringComparison.Ordinal);
        var unsigned = digits.TrimStart('+', '-');
        return digits.Length - unsigned.Length <= 1 && unsigned.Length > 0
            && (unsigned is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN"
                || IsOfBase(unsigned, "0x", "0123456789abcdefABCDEF")
                || IsOfBase(unsigned, "0b", "01")
                || IsOfBase(unsigned, "0o", "01234567")
                || ((char.IsAsciiDigit(unsigned[0]) || (unsigned[0] == '.' && unsigned.Length > 1 && char.IsAsciiDigit(unsigned[1])))
                    && double.TryParse(
                        unsigned, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _)));
    }

    private static bool IsOfBase(string text, string prefix, string digits) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.Length > prefix.Length
        && !text.AsSpan(prefix.Length).ContainsAnyExcept(digits);
}
