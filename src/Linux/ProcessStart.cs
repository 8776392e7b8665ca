// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Linux;

/// <summary>What a process changes about itself before it does anything else (docs/adr/0017).</summary>
internal static class ProcessStart
{
    /// <summary>
    /// Disables core dumps of this process, which would contain tokens and passwords, and prevents other processes of
    /// the same user from inspecting it. The kernel checks PR_SET_DUMPABLE before every dump, including one that is
    /// piped to a program such as systemd-coredump; such a program also obeys RLIMIT_CORE.
    /// </summary>
    /// <returns>What the kernel refused, as text; null if nothing.</returns>
    public static string? ForbidCoreDumps() =>
        Libc.Prctl(Libc.PR_SET_DUMPABLE, 0) != 0 ? $"prctl(PR_SET_DUMPABLE): {Errno.Message}"
        : Libc.ForbidCoreFiles() != 0 ? $"setrlimit(RLIMIT_CORE): {Errno.Message}"
        : null;

    /// <summary>
    /// Reopens stdin, stdout and stderr if the parent process closed them. Otherwise the next file or connection would
    /// get one of these numbers and receive what is meant for stdout. A descriptor opened with O_PATH can be neither
    /// read nor written, so using it fails instead of losing data. The root directory always exists.
    /// </summary>
    /// <exception cref="IOException">A descriptor could not be reopened.</exception>
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
                // At the limit of descriptors, no other file can get that number either.
                throw new IOException($"descriptor {descriptor} is closed and cannot be occupied: {Errno.Message}");
            }

            // Never close it, so that the number stays in use until the process ends.
            place.SetHandleAsInvalid();
        }
    }
}
