// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    // glibc has no wrappers for these calls. The first parameter is the system call number.

    /// <summary>seccomp(2)</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static unsafe partial nint Seccomp(nint number, uint operation, uint flags, void* args);

    /// <summary>landlock_create_ruleset(2): returns a descriptor, or the ABI version.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static unsafe partial nint LandlockCreateRuleset(nint number, void* attributes, nint size, uint flags);

    /// <summary>landlock_add_rule(2)</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static unsafe partial nint LandlockAddRule(
        nint number,
        SafeFileHandle ruleset,
        uint type,
        void* attributes,
        uint flags
    );
}
