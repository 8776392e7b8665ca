// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Request;

/// <summary>Reads the request's bytes from stdin; <see cref="RequestParser"/> parses them.</summary>
internal static class RequestReader
{
    /// <summary>Maximum size of a request, in bytes; a real one has two or three thousand.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <exception cref="ProviderException">stdin is closed, or has more than <see cref="MaximumBytes"/>.</exception>
    public static ReadOnlyMemory<byte> Read(Stream stdin)
    {
        var buffer = new byte[8 * 1024];
        var length = 0;
        while (true)
        {
            var count = Read(stdin, buffer.AsSpan(length));
            if (count == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += count;
            if (length > MaximumBytes)
            {
                throw new ProviderException(
                    Reasons.RequestTooLarge,
                    $"the request on stdin is larger than {MaximumBytes} bytes",
                    RequestParser.Remedy
                );
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 4, MaximumBytes + 1));
            }
        }
    }

    private static int Read(Stream stdin, Span<byte> buffer)
    {
        try
        {
            return stdin.Read(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                Reasons.RequestMalformed,
                $"the request on stdin cannot be read: {OneLine.Of((e.InnerException ?? e).Message)}",
                RequestParser.Remedy
            );
        }
    }
}
