// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const nuint AT_BASE = 7;

    /// <summary>getauxval(3): a value that the kernel passed to this program at its start.</summary>
    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint Getauxval(nuint type);

    /// <summary>
    /// Whether this is the static build, which includes glibc and OpenSSL (docs/adr/0020): it was started without a
    /// dynamic loader.
    /// </summary>
    public static bool IsStatic { get; } = Getauxval(AT_BASE) == 0;

    /// <summary>
    /// Overrides nsswitch.conf(5) for one kind of name; glibc's own entry point for tests and static programs
    /// (nss/nsswitch.h).
    /// </summary>
    [LibraryImport("libc", EntryPoint = "__nss_configure_lookup", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NssConfigureLookup(string database, string services);

    /// <summary>
    /// A static program must not load a module of the node's glibc, so services that nsswitch.conf names besides
    /// /etc/hosts and DNS, such as "resolve" or "mymachines", are skipped. Each node's nsswitch.conf also has these
    /// two.
    /// </summary>
    public static void ResolveByFilesAndDns()
    {
        if (IsStatic)
        {
            _ = NssConfigureLookup("hosts", "files dns");
        }
    }
}
