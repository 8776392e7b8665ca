// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Files;

/// <summary>
/// Reads small files of a node: configuration, certificates, tokens. It opens a file before it checks it, so that the
/// file cannot be exchanged in between. Except in <see cref="ReadInput"/>, it never blocks on a pipe or a device.
/// </summary>
internal sealed class SmallFileReader
{
    private const int FirstBytes = 4 * 1024;
    private readonly SafeFileHandle? root;

    private SmallFileReader(SafeFileHandle? root) => this.root = root;

    /// <summary>Reads this node's own files; relative paths start in the current directory.</summary>
    public static SmallFileReader ThisNode { get; } = new(root: null);

    /// <summary>
    /// Reads a node whose root is this directory: paths and links are resolved as on that node and never lead out of
    /// it.
    /// </summary>
    public static SmallFileReader Below(string root) =>
        root.TrimEnd('/').Length == 0
            ? ThisNode
            : new SmallFileReader(Libc.Open(root, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC));

    /// <summary>The whole content of a regular file.</summary>
    /// <param name="path">The path on the node; links are followed.</param>
    /// <param name="maximumBytes">A larger file is an error.</param>
    /// <returns>Null if the path does not exist.</returns>
    /// <exception cref="UnreadableFileException">The file cannot be read.</exception>
    public byte[]? Read(string path, int maximumBytes) => Read(path, maximumBytes, mayWait: false);

    /// <summary>The whole content of a file that a person names, which may be a pipe such as a shell's
    /// <c>&lt;(...)</c>.</summary>
    /// <inheritdoc cref="Read(string, int)"/>
    public byte[]? ReadInput(string path, int maximumBytes) => Read(path, maximumBytes, mayWait: true);

    private byte[]? Read(string path, int maximumBytes, bool mayWait)
    {
        using var file = Open(path, Libc.O_RDONLY | Libc.O_NOCTTY | (mayWait ? 0 : Libc.O_NONBLOCK));
        if (file.IsInvalid)
        {
            return Errno.IsAbsence ? null : throw Unopened();
        }

        var status = Status(file);
        return status.IsDirectory ? throw new UnreadableFileException("it is a directory", "name a file")
            : !status.IsRegularFile && !mayWait ? throw NotRegular()
            : status.Size > (ulong)maximumBytes ? throw TooLarge(maximumBytes)
            : ReadToEnd(file, (int)status.Size, maximumBytes);
    }

    /// <summary>The text of a regular file in UTF-8, without a byte order mark.</summary>
    /// <inheritdoc cref="Read"/>
    /// <exception cref="DecoderFallbackException">It is not UTF-8.</exception>
    public string? ReadText(string path, int maximumBytes) =>
        Read(path, maximumBytes) is { } bytes ? Decode(bytes) : null;

    /// <summary>The names in a directory, in ordinal order.</summary>
    /// <param name="directory">The path on the node.</param>
    /// <param name="followLink">Whether the directory may be a link.</param>
    /// <returns>Null if the path does not exist or is not a directory.</returns>
    /// <exception cref="UnreadableFileException">The directory cannot be read.</exception>
    public IReadOnlyList<string>? Names(string directory, bool followLink = false)
    {
        using var file = Open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | (followLink ? 0 : Libc.O_NOFOLLOW));
        if (file.IsInvalid)
        {
            return Errno.IsAbsence ? null : throw Failed();
        }

        // List<T>.Sort would give each list type of the program two more types to initialize (docs/adr/0026).
        string[] names = [.. DirectoryNames.Read(file) ?? throw Failed()];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Whether the path exists; links are followed.</summary>
    /// <exception cref="UnreadableFileException">It cannot be determined.</exception>
    public bool Exists(string path)
    {
        using var file = Open(path, Libc.O_PATH);
        return !file.IsInvalid || (Errno.IsAbsence ? false : throw Failed());
    }

    /// <summary>UTF-8 without a byte order mark.</summary>
    /// <exception cref="DecoderFallbackException">It is not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    /// <summary>open(2) fails with ENXIO for a socket.</summary>
    private static UnreadableFileException Unopened() => Errno.Last == Errno.ENXIO ? NotRegular() : Failed();

    private static UnreadableFileException Failed() => new(Errno.Message, "make it readable for root");

    private static UnreadableFileException NotRegular() => new("it is not a regular file", "name a regular file");

    private static Libc.FileStatus Status(SafeFileHandle file) =>
        Libc.Statx(file, out var status) == 0 ? status : throw Failed();

    private static UnreadableFileException TooLarge(int maximumBytes) =>
        new($"it is larger than {maximumBytes} bytes", "check its content");

    /// <param name="file">An open file, positioned at its start.</param>
    /// <param name="size">
    /// The file's reported size; it is zero for files of <c>/proc</c>, and other files may grow.
    /// </param>
    /// <param name="maximumBytes">A larger file is an error.</param>
    private static byte[]? ReadToEnd(SafeFileHandle file, int size, int maximumBytes)
    {
        // One byte more than expected, so that the read that detects the end of the file needs no larger buffer.
        var buffer = new byte[(size > 0 ? size : FirstBytes) + 1];
        var length = 0;
        while (true)
        {
            var count = Libc.Read(file, buffer.AsSpan(length), buffer.Length - length);
            if (count == 0)
            {
                Array.Resize(ref buffer, length);
                return buffer;
            }

            if (count < 0 && Errno.Last == Errno.ESRCH)
            {
                // A file of /proc whose process has ended since it was opened.
                return null;
            }

            if (count < 0 && Errno.Last != Errno.EINTR)
            {
                throw Failed();
            }

            length += (int)Math.Max(count, 0);
            if (length > maximumBytes)
            {
                throw TooLarge(maximumBytes);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maximumBytes + 1L));
            }
        }
    }

    private SafeFileHandle Open(string path, int flags) =>
        root is null ? Libc.Open(path, flags | Libc.O_CLOEXEC) : RootedPath.Open(root, path, flags);
}
