using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Commands.Generate;

/// <summary>Reads a file that a command line names; <c>-</c> is stdin.</summary>
internal static class InputFileReader
{
    private const int MaximumBytes = 4 * 1024 * 1024;

    /// <returns>The text, without a byte order mark.</returns>
    /// <exception cref="ProviderException">It cannot be read, is no UTF-8, or is larger than 4 MiB.</exception>
    public static string Read(string path, Node node)
    {
        try
        {
            using var file = path == "-" ? node.Stdin : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaximumBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaximumBytes)
            {
                throw Unusable(path, $"it is larger than {MaximumBytes} bytes");
            }

            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unusable(path, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, Directory.Exists(path) ? "it is a directory" : OneLine.Of((e.InnerException ?? e).Message));
        }
        catch (DecoderFallbackException)
        {
            throw Unusable(path, "it is not UTF-8");
        }
    }

    private static ProviderException Unusable(string path, string why) => new(
        Reasons.InputUnusable, $"{(path == "-" ? "stdin" : $"\"{OneLine.Of(path)}\"")} cannot be used: {why}", "name another file");
}
