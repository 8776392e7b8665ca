// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;

    /// <summary>If a datagram has no receiver, the call fails and the process gets no signal.</summary>
    public const int MSG_NOSIGNAL = 0x4000;

    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = O_CLOEXEC;
    private const int SOCK_NONBLOCK = O_NONBLOCK;
    private const int LongestPath = 107; // of sun_path, without the terminating zero

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeFileHandle socket, ReadOnlySpan<byte> address, int length);

    /// <summary>send(2)</summary>
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, ReadOnlySpan<byte> buffer, nint count, int flags);

    /// <returns>
    /// A non-blocking datagram socket that is connected to this path; null if nothing listens there, or no descriptor
    /// is free.
    /// </returns>
    public static SafeFileHandle? ConnectDatagrams(string path)
    {
        Span<byte> address = stackalloc byte[sizeof(short) + LongestPath + 1];
        address.Clear();
        address[0] = AF_UNIX;
        if (!Encoding.UTF8.TryGetBytes(path, address[sizeof(short)..^1], out _))
        {
            return null;
        }

        var socket = Socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (!socket.IsInvalid && Connect(socket, address, address.Length) == 0)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }
}
