// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const int SOCK_STREAM = 1;
    private const int SOL_SOCKET = 1;
    private const int SO_ERROR = 4;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Recv(SafeFileHandle socket, Span<byte> buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(SafeFileHandle socket, int level, int name, in int value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSockOpt(SafeFileHandle socket, int level, int name, out int value, ref int length);

    /// <summary>A non-blocking TCP socket that does not delay small segments.</summary>
    /// <returns>An invalid handle on failure (errno is set).</returns>
    public static SafeFileHandle TcpSocket(int family)
    {
        var socket = Socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
        if (!socket.IsInvalid)
        {
            _ = SetSockOpt(socket, IPPROTO_TCP, TCP_NODELAY, 1, sizeof(int));
        }

        return socket;
    }

    /// <summary>connect(2) on a non-blocking socket.</summary>
    /// <param name="address">A <c>struct sockaddr</c>.</param>
    /// <returns>0 if it is connected at once, else errno; after EINPROGRESS, poll(2) reports when the attempt has
    /// ended.</returns>
    public static int StartConnect(SafeFileHandle socket, ReadOnlySpan<byte> address) =>
        Connect(socket, address, address.Length) == 0 ? 0 : Errno.Last;

    /// <summary>SO_ERROR: the result of a connection attempt.</summary>
    /// <returns>0 or errno.</returns>
    public static int ConnectError(SafeFileHandle socket)
    {
        var length = sizeof(int);
        return GetSockOpt(socket, SOL_SOCKET, SO_ERROR, out var error, ref length) == 0 ? error : Errno.Last;
    }
}
