// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Decodes names and strings of a JSON document like Go's <c>encoding/json</c>, with which the kubelet and CRI-O read
/// docker configs. Invalid text is never an error: each byte that is not UTF-8, and each unpaired surrogate, becomes
/// U+FFFD (encoding/json decode.go <c>unquoteBytes</c>).
/// </summary>
internal static class GoJson
{
    /// <summary>Maximum nesting depth that Go accepts (encoding/json scanner.go <c>maxNestingDepth</c>).</summary>
    public const int MaximumDepth = 10_000;

    private static readonly byte[] Replacement = [0xEF, 0xBF, 0xBD];

    public static Utf8JsonReader Reader(ReadOnlySpan<byte> document) =>
        new(document, new JsonReaderOptions { MaxDepth = MaximumDepth });

    /// <summary>
    /// Whether the property name at the reader's position is that of a field. Letters match in any case by Unicode's
    /// simple folding, which folds two characters beyond ASCII to <c>s</c> and <c>k</c> (encoding/json fold.go).
    /// </summary>
    /// <param name="reader">Positioned at a property name.</param>
    /// <param name="field">In lower case.</param>
    public static bool IsField(ref Utf8JsonReader reader, ReadOnlySpan<byte> field)
    {
        var raw = reader.ValueSpan;
        if (raw.SequenceEqual(field))
        {
            return true;
        }

        // The longest folded character has three bytes for one letter.
        return raw.Length >= field.Length
            && (reader.ValueIsEscaped || raw.Length <= 3 * field.Length)
            && FoldedEquals(reader.ValueIsEscaped ? Bytes(ref reader) : raw, field);
    }

    /// <summary>The string or property name at the reader's position, as valid UTF-8.</summary>
    public static byte[] Bytes(ref Utf8JsonReader reader) => Unquote(reader.ValueSpan);

    /// <summary>The string or property name at the reader's position.</summary>
    public static string Text(ref Utf8JsonReader reader) => Text(reader.ValueSpan);

    /// <param name="raw">The raw text of a string or property name between the quotes.</param>
    public static string Text(ReadOnlySpan<byte> raw) => Encoding.UTF8.GetString(IsPlain(raw) ? raw : Unquote(raw));

    private static bool FoldedEquals(ReadOnlySpan<byte> name, ReadOnlySpan<byte> field)
    {
        foreach (var letter in field)
        {
            ReadOnlySpan<byte> folded = letter switch
            {
                (byte)'s' => "ſ"u8,
                (byte)'k' => "\u212A"u8,
                _ => [],
            };
            if (!name.IsEmpty && char.ToLowerInvariant((char)name[0]) == letter && name[0] < 0x80)
            {
                name = name[1..];
            }
            else if (!folded.IsEmpty && name.StartsWith(folded))
            {
                name = name[folded.Length..];
            }
            else
            {
                return false;
            }
        }

        return name.IsEmpty;
    }

    private static bool IsPlain(ReadOnlySpan<byte> raw) => !raw.Contains((byte)'\\') && Utf8.IsValid(raw);

    private static byte[] Unquote(ReadOnlySpan<byte> raw)
    {
        if (IsPlain(raw))
        {
            return raw.ToArray();
        }

        // The replacement character has three bytes, for one byte of input.
        var output = new ArrayBufferWriter<byte>(raw.Length + 16);
        while (!raw.IsEmpty)
        {
            raw = raw[(raw[0] == '\\' ? Escape(raw, output) : Character(raw, output))..];
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes one character.</summary>
    /// <returns>The number of bytes that the character occupies in the document.</returns>
    private static int Character(ReadOnlySpan<byte> raw, ArrayBufferWriter<byte> output)
    {
        if (Rune.DecodeFromUtf8(raw, out _, out var length) == OperationStatus.Done)
        {
            output.Write(raw[..length]);
            return length;
        }

        output.Write(Replacement);
        return 1;
    }

    /// <summary>Writes the character of one escape, or of two that form a surrogate pair.</summary>
    /// <returns>The number of bytes that it occupies in the document, whose grammar the reader has already
    /// checked.</returns>
    private static int Escape(ReadOnlySpan<byte> raw, ArrayBufferWriter<byte> output)
    {
        if (raw[1] != 'u')
        {
            output.Write([
                raw[1] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var other => other,
                },
            ]);
            return 2;
        }

        var first = (char)Hexadecimal(raw[2..6]);
        var isPair =
            char.IsHighSurrogate(first)
            && raw[6..].StartsWith("\\u"u8)
            && char.IsLowSurrogate((char)Hexadecimal(raw[8..12]));
        var rune =
            isPair ? new Rune(first, (char)Hexadecimal(raw[8..12]))
            : char.IsSurrogate(first) ? Rune.ReplacementChar
            : new Rune(first);
        Span<byte> utf8 = stackalloc byte[4];
        output.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        return isPair ? 12 : 6;
    }

    private static int Hexadecimal(ReadOnlySpan<byte> digits) =>
        int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
