// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

/// <summary>What a run still needs once it uses the network.</summary>
/// <param name="Writable">Directories in which it creates, replaces and removes files.</param>
/// <param name="Readable">Other files and directories that it reads; null if unknown.</param>
/// <param name="TcpPorts">Ports that it connects to; null if unknown.</param>
internal sealed record SandboxNeeds(
    IReadOnlyList<string> Writable,
    IReadOnlyList<string>? Readable,
    IReadOnlyList<ushort>? TcpPorts
);

/// <summary>
/// Drops the privileges that this process no longer needs, so that a vulnerability in parsing data from the network is
/// of little use to an attacker (docs/adr/0024). This cannot be undone.
/// </summary>
internal static partial class Sandbox
{
    /// <summary>
    /// The capabilities for files that root does not own: read and write them (CAP_DAC_OVERRIDE), link a file that has
    /// no name yet (CAP_DAC_READ_SEARCH, for AT_EMPTY_PATH), and replace or remove another user's file in a directory
    /// with the sticky bit (CAP_FOWNER).
    /// </summary>
    private const uint CapabilitiesForFiles = (1 << 1) | (1 << 2) | (1 << 3);

    /// <summary>Call this while the process has few threads, because each thread must restrict itself.</summary>
    /// <returns>What the kernel refused, as text. The run continues without it.</returns>
    public static List<string> Enter(SandboxNeeds needs)
    {
        List<string> refused = [];
        RestrictThreads(needs, refused);
        FilterSystemCalls(refused);
        return refused;
    }

    private static void RestrictThreads(SandboxNeeds needs, List<string> refused)
    {
        using var none = new SafeFileHandle(-1, ownsHandle: false);
        using var landlock = CreateLandlock(needs, refused);
        var errors = RestrictThreads(landlock?.Ruleset ?? none, CapabilitiesForFiles);
        Note(refused, "no_new_privs", errors.NoNewPrivileges);
        Note(refused, "Landlock", errors.Landlock);
        Note(refused, "dropping capabilities", errors.Capabilities);
        Note(refused, "asking all threads", errors.Threads);
    }

    private static Landlock? CreateLandlock(SandboxNeeds needs, List<string> refused)
    {
        var landlock = Landlock.Create(needs.Readable is not null, needs.TcpPorts is not null);
        if (landlock is null)
        {
            Note(refused, "Landlock", Errno.Last);
            return null;
        }

        foreach (var directory in needs.Writable)
        {
            if (!landlock.AllowWriting(directory))
            {
                // The run reports the error when it uses the directory.
                refused.Add($"Landlock (\"{directory}\": {Errno.Message})");
                landlock.Dispose();
                return null;
            }
        }

        foreach (var path in needs.Readable ?? [])
        {
            // A path that does not exist needs no rule.
            _ = landlock.AllowReading(path);
        }

        foreach (var port in needs.TcpPorts ?? [])
        {
            _ = landlock.AllowConnecting(port);
        }

        return landlock;
    }

    private static unsafe void FilterSystemCalls(List<string> refused)
    {
        const uint SetModeFilter = 1; // SECCOMP_SET_MODE_FILTER
        const uint AllThreads = 1; // SECCOMP_FILTER_FLAG_TSYNC
        const uint KeepSpeculation = 4; // SECCOMP_FILTER_FLAG_SPEC_ALLOW, since Linux 4.17

        var filter = SeccompFilter.Create(
            RuntimeInformation.ProcessArchitecture,
            Libc.Getpid(),
            mayLoadModules: !Libc.IsStatic
        );
        fixed (BpfInstruction* instructions = filter.Instructions)
        {
            var program = new FilterProgram { Length = (ushort)filter.Length, Instructions = instructions };
            var call = SystemCalls.Seccomp.Number;
            var result = Libc.Seccomp(call, SetModeFilter, AllThreads | KeepSpeculation, &program);
            if (result < 0 && Errno.Last == Errno.EINVAL)
            {
                result = Libc.Seccomp(call, SetModeFilter, AllThreads, &program);
            }

            // A positive result is the ID of a thread with a different filter.
            Note(
                refused,
                "seccomp",
                result < 0 ? Errno.Last
                    : result > 0 ? Errno.EBUSY
                    : 0
            );
        }
    }

    private static void Note(List<string> refused, string what, int error)
    {
        if (error != 0)
        {
            refused.Add($"{what} ({Marshal.GetPInvokeErrorMessage(error)})");
        }
    }

    /// <summary>native/sandbox.c, which is only part of the native binary.</summary>
    [LibraryImport("sandbox", EntryPoint = "restrict_threads")]
    private static partial Refusals RestrictThreads(SafeFileHandle ruleset, uint keptCapabilities);

    /// <summary>errno of each step; 0 if it was not refused.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Refusals
    {
        public readonly int NoNewPrivileges;
        public readonly int Landlock;
        public readonly int Capabilities;
        public readonly int Threads;
    }

    /// <summary><c>struct sock_fprog</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct FilterProgram
    {
        public ushort Length;
        public BpfInstruction* Instructions;
    }
}
