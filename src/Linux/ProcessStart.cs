// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Linux;

/// <summary>What a process sets for itself before it does anything else (docs/adr/0017).</summary>
internal static class ProcessStart
{
    /// <summary>
    /// No core dump of this process, which would hold tokens and passwords, and no look into it by other processes of
    /// the same user. The kernel checks PR_SET_DUMPABLE before every dump, also before one that goes to a program such
    /// as systemd-coredump; such a program follows RLIMIT_CORE.
    /// </summary>
    /// <returns>What the kernel refused, in words; null if nothing.</returns>
    public static string? ForbidCoreDumps() =>
        Libc.Prctl(Libc.PR_SET_DUMPABLE, 0) != 0 ? $"prctl(PR_SET_DUMPABLE): {Errno.Message}"
        : Libc.ForbidCoreFiles() != 0 ? $"setrlimit(RLIMIT_CORE): {Errno.Message}"
        : null;

    /// <summary>
    /// Takes the places of stdin, stdout and stderr if the parent process closed them: otherwise the next
    /// file or connection that is opened would get such a number, and what is meant for stdout would go there. What
    /// O_PATH opens can be neither read nor written: its use fails instead of getting lost. The root is always there.
    /// </summary>
    /// <exception cref="IOException">A place could not be taken.</exception>
    public static void OccupyStandardStreams()
    {
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Libc.Fcntl(descriptor, Libc.F_GETFD) >= 0)
            {
                continue;
            }

            var place = Libc.Open("/", Libc.O_PATH | Libc.O_DIRECTORY);
            if (place.DangerousGetHandle() != descriptor && Errno.Last != Errno.EMFILE)
            {
                // At the limit of descriptors, nothing else can get that number either.
                throw new IOException($"descriptor {descriptor} is closed and cannot be occupied: {Errno.Message}");
            }

            // Never closed: the place stays taken until the process ends.
            place.SetHandleAsInvalid();
        }
    }
}
