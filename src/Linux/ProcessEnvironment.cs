// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// The environment as native libraries see it. setenv(3) is not safe while other threads read the environment, so all
/// changes are made once, at the start (docs/adr/0017).
/// </summary>
internal static unsafe partial class ProcessEnvironment
{
    /// <summary>A directory that does not exist.</summary>
    public const string Nowhere = "/nonexistent/crio-credential-provider";

    /// <summary>
    /// Variables of OpenSSL and the framework that load code or another configuration into this process, or change how
    /// it uses the network. The kubelet may have inherited them from anywhere. DOTNET_* are the framework's own
    /// variables; those of the garbage collector have already taken effect.
    /// </summary>
    private static readonly string[] Dropped =
    [
        "OPENSSL_CONF=",
        "OPENSSL_CONF_INCLUDE=",
        "OPENSSL_MODULES=",
        "OPENSSL_ENGINES=",
        "CLR_OPENSSL_VERSION_OVERRIDE=",
        "DOTNET_",
    ];

    /// <summary>Returns the environment for the rest of the program: all variables as they were at the start.</summary>
    public static Func<string, string?> Settle()
    {
        var (home, file, directory) = (Get("HOME"), Get("SSL_CERT_FILE"), Get("SSL_CERT_DIR"));
        foreach (var name in DroppedNames())
        {
            _ = Unsetenv(name);
        }

        // OpenSSL would read every CA of the system at each start; a run that trusts them reads them itself
        // (SystemStoreReader). The framework also looks for a store below HOME. Without HOME it would query the name
        // service, which the static build must not do (nsswitch.conf may name modules).
        Set("SSL_CERT_FILE", Nowhere);
        Set("SSL_CERT_DIR", Nowhere);
        Set("HOME", Nowhere);

        // The program does not use local time, but glibc and the framework would read /etc/localtime to verify a
        // certificate.
        Set("TZ", "UTC0");
        return name =>
            name switch
            {
                "HOME" => home,
                "SSL_CERT_FILE" => file,
                "SSL_CERT_DIR" => directory,
                _ => Get(name),
            };
    }

    /// <summary>
    /// Restores the framework's default for commands that use D-Bus: the rollout's tests cover Tmds.DBus.Protocol only
    /// with completions on the thread pool. Call this before the first socket is opened.
    /// </summary>
    public static void CompleteSocketsOnThreadPool() => Set("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0");

    private static List<string> DroppedNames()
    {
        List<string> names = [];
        var all = GetEnviron();
        for (var entry = all; entry is not null && *entry is not null; entry++)
        {
            var variable = Marshal.PtrToStringUTF8((nint)(*entry))!;
            foreach (var dropped in Dropped)
            {
                if (variable.StartsWith(dropped, StringComparison.Ordinal))
                {
                    names.Add(variable[..variable.IndexOf('=', StringComparison.Ordinal)]);
                }
            }
        }

        FreeEnviron(all);
        return names;
    }

    private static string? Get(string name) => Marshal.PtrToStringUTF8(Getenv(name));

    private static void Set(string name, string value)
    {
        if (Setenv(name, value, overwrite: 1) != 0)
        {
            throw new IOException($"setenv: {Errno.Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Getenv(string name);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Setenv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unsetenv(string name);

    /// <summary>environ(7), from the framework's own library, because a P/Invoke cannot read a variable.</summary>
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    private static partial byte** GetEnviron();

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FreeEnviron")]
    private static partial void FreeEnviron(byte** environ);
}
