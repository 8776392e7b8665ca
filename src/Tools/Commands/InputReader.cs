// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// Reads a file that the command line names, or stdin for <c>-</c>. The command interprets the content.
/// </summary>
internal static class InputReader
{
    /// <summary>Enough for a config, a token or a request.</summary>
    public const int UsualBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Enough for a namespace of a thousand secrets, as kubectl prints it. The parsed tree needs about ten times the
    /// size of the text.
    /// </summary>
    public const int ManifestBytes = 8 * 1024 * 1024;

    /// <summary>The input's name in messages.</summary>
    public static string Name(string path) => path == "-" ? "stdin" : $"\"{OneLine.Of(path)}\"";

    /// <param name="path">A file, or <c>-</c>.</param>
    /// <param name="node">For stdin.</param>
    /// <param name="maximumBytes">A larger input is rejected.</param>
    /// <exception cref="ProviderException">The input cannot be read, or is too large.</exception>
    public static byte[] ReadBytes(string path, Node node, int maximumBytes = UsualBytes)
    {
        try
        {
            return path == "-"
                ? ReadAll(node.Stdin, maximumBytes)
                : SmallFileReader.ThisNode.ReadInput(path, maximumBytes)
                    ?? throw Unusable(path, "there is no such file", "check the path");
        }
        catch (UnreadableFileException e)
        {
            throw Unusable(path, e.Message, e.Hint);
        }
        catch (IOException e)
        {
            throw Unusable(path, OneLine.Of(e.Message), "pass it in a file");
        }
    }

    /// <inheritdoc cref="ReadBytes"/>
    /// <returns>The text, without its byte order mark.</returns>
    public static string ReadText(string path, Node node, int maximumBytes = UsualBytes)
    {
        try
        {
            return SmallFileReader.Decode(ReadBytes(path, node, maximumBytes));
        }
        catch (DecoderFallbackException)
        {
            throw Unusable(path, "it is not UTF-8", "save it as UTF-8");
        }
    }

    /// <param name="path">A file, or <c>-</c>.</param>
    /// <param name="why">What is wrong with it; never a secret.</param>
    /// <param name="hint">What to do.</param>
    public static ProviderException Unusable(string path, string why, string hint) =>
        new(Reasons.InputUnusable, $"{Name(path)} cannot be used: {why}", hint);

    /// <exception cref="IOException">The input cannot be read, or is too large.</exception>
    private static byte[] ReadAll(Stream stream, int maximumBytes)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is var count and > 0)
        {
            all.Write(buffer, 0, count);
            if (all.Length > maximumBytes)
            {
                throw new UnreadableFileException($"it is larger than {maximumBytes} bytes", "check its content");
            }
        }

        return all.ToArray();
    }
}
