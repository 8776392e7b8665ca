using System.Runtime.InteropServices;
using System.Text;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const int UnixFamily = 1; // AF_UNIX
    private const int LongestPath = 107; // of sun_path, without the zero at its end
    private const int Datagrams = 2 | CloseOnExec | NonBlocking; // SOCK_DGRAM

    /// <summary>A datagram that finds no receiver is a failed call, not a signal.</summary>
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL

    public const short Writable = 4; // POLLOUT

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect")]
    private static partial int Connect(int socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, ReadOnlySpan<byte> buffer, nint count, int flags);

    /// <returns>A socket that sends datagrams to the one with this path, and never waits; -1 when there is none.</returns>
    public static int ConnectDatagrams(string path)
    {
        Span<byte> address = stackalloc byte[sizeof(short) + LongestPath + 1];
        address.Clear();
        address[0] = UnixFamily;
        if (!Encoding.UTF8.TryGetBytes(path, address[sizeof(short)..^1], out _))
        {
            return -1;
        }

        var socket = Socket(UnixFamily, Datagrams, 0);
        if (socket >= 0 && Connect(socket, address, address.Length) != 0)
        {
            _ = Close(socket);
            return -1;
        }

        return socket;
    }
}
