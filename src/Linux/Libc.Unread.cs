// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const nuint SIOCOUTQ = 0x5411;

    /// <summary>ioctl(2) with an <c>int</c>.</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle descriptor, nuint request, out int value);

    /// <summary>
    /// How much of what was sent by a Unix socket lies in the peer's queue, unread (unix(7), SIOCOUTQ). Counted in the
    /// kernel's own buffers, so that only zero is exact.
    /// </summary>
    /// <returns>Null when the kernel does not say.</returns>
    public static int? UnreadByPeer(SafeHandle socket) => Ioctl(socket, SIOCOUTQ, out var count) == 0 ? count : null;
}
