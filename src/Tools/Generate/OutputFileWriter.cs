// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>
/// Writes a file that the command line names, through a temporary file in the same directory, so that a reader sees
/// either the old or the complete new content.
/// </summary>
internal static class OutputFileWriter
{
    private const UnixFileMode NewFileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="path">The file to write. If it is a symbolic link, its target is written.</param>
    /// <param name="text">The whole content.</param>
    /// <param name="overwrites">Whether to replace an existing file. The new file keeps the mode of the old
    /// one.</param>
    /// <exception cref="ProviderException">
    /// The file exists and must not be replaced, is not a regular file, or cannot be written.
    /// </exception>
    public static void Write(string path, string text, bool overwrites)
    {
        try
        {
            if (path.EndsWith('/'))
            {
                throw Unwritable(path, "it names a directory", "name a file");
            }

            var resolved = new NodeFilesReader("/").Walk(Path.GetFullPath(path));
            if (resolved.Target is { } existing)
            {
                Check(path, existing.Kind, overwrites);
                WriteAtomically(existing.Path, text, (UnixFileMode)existing.Mode, overwrites);
            }
            else
            {
                WriteAtomically(resolved.Missing!, text, NewFileMode, overwrites);
            }
        }
        catch (FactUnknownException e)
        {
            throw Unwritable(path, e.Message, "check the path and the modes of its directories");
        }
        catch (DirectoryNotFoundException)
        {
            throw Unwritable(path, "its directory does not exist", "create the directory first");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The framework's message names the temporary file, which the user does not know.
            throw Unwritable(
                path,
                e is UnauthorizedAccessException ? "permission denied" : "the file system rejected it",
                "check the path and its directory's mode and free space"
            );
        }
    }

    private static void Check(string path, FileKind kind, bool overwrites)
    {
        if (kind == FileKind.Directory)
        {
            throw Unwritable(path, "it is a directory", "name a file");
        }

        if (kind != FileKind.Regular)
        {
            throw Unwritable(path, "it is not a regular file", "name a file, or omit --output to print");
        }

        if (!overwrites)
        {
            throw Unwritable(path, "it already exists", "use --force to replace it");
        }
    }

    private static void WriteAtomically(string target, string text, UnixFileMode mode, bool overwrites)
    {
        var temporary = Path.Combine(
            Path.GetDirectoryName(target)!,
            $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}"
        );
        try
        {
            using (
                var file = new FileStream(
                    temporary,
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        UnixCreateMode = mode,
                        BufferSize = 0,
                    }
                )
            )
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrites);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static ProviderException Unwritable(string path, string why, string hint) =>
        new(Reasons.OutputNotWritten, $"\"{OneLine.Of(path)}\" cannot be written: {why}", hint);
}
