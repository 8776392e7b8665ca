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
    /// How much of the data sent on a Unix socket the peer has not read yet (unix(7), SIOCOUTQ). The kernel includes
    /// its own buffer overhead, so only zero is exact.
    /// </summary>
    /// <returns>Null if the kernel does not report it.</returns>
    public static int? UnreadByPeer(SafeHandle socket) => Ioctl(socket, SIOCOUTQ, out var count) == 0 ? count : null;
}
