// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using CrioCredentialProvider.AuthFile;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>JSON's own escapes (RFC 8259 section 7) and no others. Texts are UTF-16 code units in hexadecimal, because
/// half a surrogate pair cannot stand in an attribute.</summary>
public sealed class JsonStringEncoderTests
{
    [Theory]
    [InlineData("", "", -1)]
    [InlineData("0061 0062", "ab", -1)]
    [InlineData("0022", "\\\"", 0)]
    [InlineData("005C", "\\\\", 0)]
    [InlineData("0000", "\\u0000", 0)]
    [InlineData("0061 000A 0062", "a\\u000ab", 1)]
    [InlineData("001F", "\\u001f", 0)]
    [InlineData("0020", " ", -1)] // the first that needs no escape
    [InlineData("0021 0023", "!#", -1)] // the neighbours of the quote
    [InlineData("005B 005D", "[]", -1)] // the neighbours of the backslash
    [InlineData("002F 003C 003E 0026 0027 002B", "/<>&'+", -1)] // the framework's own encoder escapes these
    [InlineData("007F", "\u007f", -1)]
    [InlineData("00E9 2028", "\u00e9\u2028", -1)]
    [InlineData("D83D DE00", "\U0001F600", -1)]
    [InlineData("D83D DE00 0022", "\U0001F600\\\"", 2)]
    [InlineData("D83D DE00 D83D DE00", "\U0001F600\U0001F600", -1)]
    [InlineData("D83D", "\uFFFD", 0)] // half a pair at the end
    [InlineData("0061 D83D", "a\uFFFD", 1)]
    [InlineData("D83D 0061", "\uFFFDa", 0)]
    [InlineData("0061 DE00 0062", "a\uFFFDb", 1)]
    [InlineData("DE00 D83D", "\uFFFD\uFFFD", 0)] // a pair the wrong way round
    public unsafe void Only_what_JSON_demands_is_escaped(string units, string expected, int first)
    {
        var text = Text(units);
        Assert.Equal(expected, JsonStringEncoder.Instance.Encode(text));
        fixed (char* start = text)
        {
            Assert.Equal(first, JsonStringEncoder.Instance.FindFirstCharacterToEncode(start, text.Length));
        }
    }

    [Theory]
    [InlineData(0x61, 0, "")]
    [InlineData(0x61, 1, "a")]
    [InlineData(0x1F600, 1, "")]
    [InlineData(0x1F600, 2, "\U0001F600")]
    [InlineData('"', 1, "")]
    [InlineData('"', 2, "\\\"")]
    [InlineData(0x1F, 5, "")]
    [InlineData(0x1F, 6, "\\u001f")]
    public unsafe void A_character_is_written_whole_or_not_at_all(int scalar, int room, string expected)
    {
        var buffer = new char[8];
        fixed (char* start = buffer)
        {
            var isWritten = JsonStringEncoder.Instance.TryEncodeUnicodeScalar(scalar, start, room, out var count);
            Assert.Equal((expected.Length > 0, expected.Length), (isWritten, count));
        }

        Assert.Equal(expected, new string(buffer).TrimEnd('\0'));
    }

    /// <summary>The framework makes its buffers by this number.</summary>
    [Fact]
    public void The_room_that_is_announced_is_that_of_the_longest_escape()
    {
        var longest = Enumerable.Range(0, 0xD800).Max(c => JsonStringEncoder.Instance.Encode($"{(char)c}").Length);
        Assert.Equal(longest, JsonStringEncoder.Instance.MaxOutputCharactersPerInputCharacter);
    }

    private static string Text(string units) =>
        string.Concat(
            units
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(unit => (char)ushort.Parse(unit, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        );
}
