using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Commands.Explain;

/// <summary>Takes a file that the command line names, or stdin; what it means is <see cref="ExplainInput"/>'s part.</summary>
internal static class ExplainInputReader
{
    /// <summary>A namespace of some thousand secrets, as kubectl prints it, in bytes.</summary>
    public const int MaximumBytes = 64 * 1024 * 1024;

    /// <summary>How messages name the input.</summary>
    public static string Name(string path) => path == "-" ? "stdin" : $"\"{OneLine.Of(path)}\"";

    /// <param name="path">A file, or <c>-</c>.</param>
    /// <param name="node">For stdin.</param>
    /// <exception cref="ProviderException">It cannot be read, or is too large.</exception>
    public static byte[] ReadBytes(string path, Node node)
    {
        try
        {
            if (path == "-")
            {
                return ReadAll(path, node.Stdin);
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return ReadAll(path, file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unusable(path, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unusable(path, Directory.Exists(path) ? "it is a directory" : OneLine.Of((e.InnerException ?? e).Message));
        }
    }

    /// <inheritdoc cref="ReadBytes"/>
    public static string ReadText(string path, Node node)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(ReadBytes(path, node));
        }
        catch (DecoderFallbackException)
        {
            throw Unusable(path, "it is not UTF-8");
        }
    }

    public static ProviderException Unusable(string path, string why, string hint = "") =>
        new(Reasons.InputUnusable, $"{Name(path)} cannot be used: {why}", hint);

    private static byte[] ReadAll(string path, Stream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is var count and > 0)
        {
            all.Write(buffer, 0, count);
            if (all.Length > MaximumBytes)
            {
                throw Unusable(path, $"it is larger than {MaximumBytes} bytes");
            }
        }

        return all.ToArray();
    }
}
