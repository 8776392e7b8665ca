// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;

namespace CrioCredentialProvider.Matching;

/// <summary>Decodes the field <c>auth</c> as the kubelet does (decodeDockerConfigFieldAuth, Go's
/// encoding/base64).</summary>
internal static class GoBase64
{
    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    /// <summary>
    /// The text is padded if it ends in <c>=</c>, otherwise unpadded. Line breaks are ignored; other white space is an
    /// error (Go's encoding/base64).
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> auth, out ReadOnlySpan<byte> decoded)
    {
        decoded = default;
        var text = new byte[auth.Length + 3];
        var length = 0;
        foreach (var c in auth)
        {
            if (c is (byte)' ' or (byte)'\t')
            {
                return false;
            }

            if (c is not ((byte)'\r' or (byte)'\n'))
            {
                text[length++] = c;
            }
        }

        if (length > 0 && text[length - 1] != '=')
        {
            while (length % 4 != 0)
            {
                text[length++] = (byte)'=';
            }
        }

        ClearTrailingBits(text.AsSpan(0, length));
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(length)];
        var status = Base64.DecodeFromUtf8(text.AsSpan(0, length), bytes, out var consumed, out var written);
        decoded = bytes.AsSpan(0, written);
        return status == OperationStatus.Done && consumed == length;
    }

    /// <summary>Go ignores the unused bits of the last character; the framework rejects them.</summary>
    private static void ClearTrailingBits(Span<byte> text)
    {
        var padding =
            text.EndsWith("=="u8) ? 2
            : text.EndsWith("="u8) ? 1
            : 0;
        if (padding == 0 || text.Length < 4)
        {
            return;
        }

        ref var last = ref text[^(padding + 1)];
        if (Alphabet.IndexOf(last) is >= 0 and var value)
        {
            last = Alphabet[value & (padding == 2 ? 0b110000 : 0b111100)];
        }
    }
}
