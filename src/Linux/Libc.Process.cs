// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_NAME = 15;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_SET_VMA = 0x53564D41;
    private const int RLIMIT_CORE = 4;
    private const int SIGXFSZ = 25;
    private const nint SIG_IGN = 1;
    private const nint SIG_ERR = -1;

    /// <summary>prctl(2); for some options, the kernel requires all unused arguments to be zero.</summary>
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nint arg2, nint arg3 = 0, nint arg4 = 0, nint arg5 = 0);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int Setrlimit(int resource, in ResourceLimit limit);

    /// <summary>setrlimit(2): disables core files.</summary>
    public static int ForbidCoreFiles() => Setrlimit(RLIMIT_CORE, default);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int signal, nint handler);

    /// <summary>signal(2): makes a write beyond the file size limit fail with EFBIG instead of ending the
    /// process.</summary>
    public static bool IgnoreSigxfsz() => Signal(SIGXFSZ, SIG_IGN) != SIG_ERR;

    /// <summary>getpid(2)</summary>
    [LibraryImport("libc", EntryPoint = "getpid")]
    public static partial int Getpid();

    /// <summary>getppid(2): 0 if the parent is in another PID namespace; the PID of init or a subreaper if the parent
    /// has died.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int Getppid();

    /// <summary>geteuid(2): the effective user, which determines permissions; 0 is root.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint Geteuid();

    /// <summary>isatty(3): 1 if the descriptor is a terminal.</summary>
    [LibraryImport("libc", EntryPoint = "isatty")]
    public static partial int Isatty(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint Getrandom(Span<byte> buffer, nint count, uint flags);

    /// <summary>
    /// 16 random lower-case hex digits: a unique name, not a key. The framework would use OpenSSL, which would have to
    /// be initialized for it.
    /// </summary>
    public static string UniqueName()
    {
        Span<byte> bytes = stackalloc byte[8];
        return Getrandom(bytes, bytes.Length, 0) == bytes.Length
            ? Convert.ToHexStringLower(bytes)
            : throw new IOException($"getrandom: {Errno.Message}");
    }

    /// <summary><c>struct rlimit</c> of 64-bit Linux, in bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceLimit
    {
        private readonly ulong soft;
        private readonly ulong hard;
    }
}
