// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

/// <summary>The names in an open directory.</summary>
internal static class DirectoryNames
{
    /// <summary>Like <see cref="Read"/>, but always from the beginning, even if the directory has been read
    /// before.</summary>
    /// <inheritdoc cref="Read"/>
    public static List<string>? ReadAll(SafeFileHandle directory)
    {
        using var listing = Libc.OpenAt(directory, ".", Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        return listing.IsInvalid ? null : Read(listing);
    }

    /// <returns>The names in no particular order, without <c>.</c> and <c>..</c>; null if they cannot be read (errno is
    /// set).</returns>
    public static List<string>? Read(SafeFileHandle directory)
    {
        List<string> names = [];
        Span<byte> buffer = stackalloc byte[8 * 1024];
        while (true)
        {
            var length = (int)Libc.Getdents64(directory, buffer, buffer.Length);
            if (length <= 0)
            {
                return length == 0 ? names : null;
            }

            for (var rest = buffer[..length]; !rest.IsEmpty; rest = rest[BitConverter.ToUInt16(rest[16..])..])
            {
                var name = rest[19..];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(Encoding.UTF8.GetString(name));
                }
            }
        }
    }
}
