using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    [LibraryImport("libc", EntryPoint = "getrandom")]
    private static partial nint GetRandom(Span<byte> buffer, nint count, uint flags);

    /// <summary>
    /// 16 lower-case hex digits that nobody else has: a name, not a key. The framework would ask OpenSSL, which has to
    /// be started for that.
    /// </summary>
    public static string UniqueName()
    {
        Span<byte> bytes = stackalloc byte[8];
        return GetRandom(bytes, bytes.Length, 0) == bytes.Length
            ? Convert.ToHexStringLower(bytes)
            : throw new IOException("the kernel gives no random bytes");
    }
}
