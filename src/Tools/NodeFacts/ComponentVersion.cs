// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A version of the kubelet, CRI-O or the API server.</summary>
internal readonly record struct ComponentVersion(int Major, int Minor, int Patch)
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>
    /// Finds <c>1.34.1</c> or <c>1.34</c> in the output of <c>--version</c>, in a package version, or in a tag.
    /// </summary>
    /// <returns>False if the text does not contain such a version.</returns>
    public static bool TryFind(string text, out ComponentVersion version)
    {
        version = default;
        foreach (var word in text.Split([' ', '\t', '\n', '"', ':', ',']))
        {
            var digits = word.StartsWith('v') ? word[1..] : word;
            var end = digits.AsSpan().IndexOfAnyExcept(NumberCharacters);
            var parts = (end < 0 ? digits : digits[..end]).Split('.');
            if (parts.Length >= 2 && IsNumber(parts[0], out var major) && IsNumber(parts[1], out var minor))
            {
                version = new ComponentVersion(
                    major,
                    minor,
                    parts.Length > 2 && IsNumber(parts[2], out var patch) ? patch : 0
                );
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"{Major}.{Minor}.{Patch}";

    private static bool IsNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
