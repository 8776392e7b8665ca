using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Interop;

internal static partial class Libc
{
    /// <summary>setenv(3): unlike the framework's own, it is seen by native libraries such as OpenSSL.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);
}
