using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ControlProcess(int option, nint value);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    /// <summary>
    /// No core dump of this process, which would hold tokens and passwords, and no look into it by other processes of
    /// the same user. The kernel asks the first for every dump, also for one that goes to a program such as
    /// systemd-coredump; the second is what such a program goes by (docs/adr/0017).
    /// </summary>
    public static void ForbidCoreDumps()
    {
        const int SetDumpable = 4; // PR_SET_DUMPABLE
        const int CoreSize = 4; // RLIMIT_CORE
        _ = ControlProcess(SetDumpable, 0);
        _ = SetLimit(CoreSize, default);
    }

    /// <summary><c>struct rlimit</c> of 64-bit Linux, in bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceLimit
    {
        private readonly ulong soft;
        private readonly ulong hard;
    }
}
