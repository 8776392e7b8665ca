// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const nuint AT_BASE = 7;

    /// <summary>getauxval(3): what the kernel told this program at its start.</summary>
    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint Getauxval(nuint type);

    /// <summary>
    /// Whether this is the static build, with glibc and OpenSSL in it (docs/adr/0020): it was started without a loader.
    /// </summary>
    public static bool IsStatic { get; } = Getauxval(AT_BASE) == 0;

    /// <summary>
    /// Sets where one kind of name is looked up, over nsswitch.conf(5); glibc's own entry point for tests and static
    /// programs (nss/nsswitch.h).
    /// </summary>
    [LibraryImport("libc", EntryPoint = "__nss_configure_lookup", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NssConfigureLookup(string database, string services);

    /// <summary>
    /// A static program must not load a module of the node's glibc. What nsswitch.conf names beside /etc/hosts and DNS,
    /// such as "resolve" or "mymachines", is skipped; each node's nsswitch.conf has these two as well.
    /// </summary>
    public static void ResolveByFilesAndDns()
    {
        if (IsStatic)
        {
            _ = NssConfigureLookup("hosts", "files dns");
        }
    }
}
