using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMemoryOption(int option, int value);

    /// <summary>
    /// mallopt(3): all threads take native memory from one place. Otherwise glibc reserves 128 MB of addresses for each
    /// thread, and makes them usable page by page, with a system call for each.
    /// </summary>
    public static void ShareMemoryAmongThreads() => _ = SetMemoryOption(-8, 1); // M_ARENA_MAX
}
