using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>setenv(3): unlike the framework's own, it is seen by native libraries such as OpenSSL.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);

    /// <summary>
    /// Variables by which OpenSSL would load code or another configuration into this process: the kubelet may have
    /// inherited them from anywhere. The system's own configuration, with its crypto policy, stays (docs/adr/0017).
    /// </summary>
    public static void ForgetTlsConfiguration()
    {
        foreach (var name in (ReadOnlySpan<string>)["OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_MODULES", "OPENSSL_ENGINES",
                     "DOTNET_OPENSSL_VERSION_OVERRIDE", "CLR_OPENSSL_VERSION_OVERRIDE"])
        {
            _ = UnsetEnvironment(name);
        }
    }

    /// <summary>
    /// Lets the framework go on with a connection in the thread that saw it become readable. Its default, to wake up
    /// another one for each piece, is for servers with many connections: a list of thousands of secrets comes in hundreds
    /// of pieces.
    /// </summary>
    public static void CompleteSocketsInline() => _ = SetEnvironment("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1", 1);
}
