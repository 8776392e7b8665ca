// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Escapes only what JSON requires (RFC 8259 section 7). The auth file is never part of a web page, and the framework's
/// own encoders spend a million instructions at first use on tables for all of Unicode.
/// </summary>
internal sealed unsafe class JsonStringEncoder : JavaScriptEncoder
{
    public static readonly JsonStringEncoder Instance = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\';

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        for (var i = 0; i < span.Length; i++)
        {
            if (WillEncode(span[i]))
            {
                return i;
            }

            if (char.IsSurrogate(span[i]))
            {
                if (i + 1 == span.Length || !char.IsSurrogatePair(span[i], span[i + 1]))
                {
                    // The base class writes a replacement character for an unpaired surrogate.
                    return i;
                }

                i++;
            }
        }

        return -1;
    }

    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar,
        char* buffer,
        int bufferLength,
        out int numberOfCharactersWritten
    )
    {
        var output = new Span<char>(buffer, bufferLength);
        if (!WillEncode(unicodeScalar))
        {
            return new System.Text.Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
        }

        var escape = unicodeScalar < ' ' ? $"\\u{unicodeScalar:x4}" : $"\\{(char)unicodeScalar}";
        numberOfCharactersWritten = escape.Length;
        if (escape.TryCopyTo(output))
        {
            return true;
        }

        numberOfCharactersWritten = 0;
        return false;
    }
}
