using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    /// <summary>
    /// Whether nothing has this path, as with most of the well-known places on most nodes. The framework tells so by an
    /// exception, which costs more than reading a file. Whatever else is wrong with a path is told when it is opened.
    /// </summary>
    public static bool IsMissing(string path) =>
        Access(path, 0) != 0 && Marshal.GetLastPInvokeError() is NoEntry or NotADirectory;
}
