using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>getauxval(3): what the kernel told this program at its start.</summary>
    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint AuxiliaryValue(nuint type);

    /// <summary>Whether this is the static build, with glibc and OpenSSL in it (docs/adr/0020): no loader was needed.</summary>
    public static bool IsStatic { get; } = AuxiliaryValue(7) == 0; // AT_BASE, the loader's address

    /// <summary>
    /// Sets where one kind of name is looked up, over nsswitch.conf(5); glibc's own entry point for tests and static
    /// programs (nss/nsswitch.h).
    /// </summary>
    [LibraryImport("libc", EntryPoint = "__nss_configure_lookup", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ConfigureLookup(string database, string services);

    /// <summary>
    /// A static program must not load a module of the node's glibc. What nsswitch.conf names beside /etc/hosts and DNS,
    /// such as "resolve" or "mymachines", is passed over; both are in every node's nsswitch.conf, too.
    /// </summary>
    public static void ResolveByFilesAndDns()
    {
        if (IsStatic)
        {
            _ = ConfigureLookup("hosts", "files dns");
        }
    }
}
