// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Linux;

/// <summary>What a process sets for itself before it does anything else (docs/adr/0017).</summary>
internal static class ProcessStart
{
    /// <summary>
    /// No core dump of this process, which would hold tokens and passwords, and no look into it by other processes of
    /// the same user. The kernel checks PR_SET_DUMPABLE before every dump, also before one that goes to a program such as
    /// systemd-coredump; such a program follows RLIMIT_CORE.
    /// </summary>
    public static void ForbidCoreDumps()
    {
        _ = Libc.Prctl(Libc.PR_SET_DUMPABLE, 0);
        _ = Libc.ForbidCoreFiles();
    }

    /// <summary>
    /// Variables by which OpenSSL would load code or another configuration into this process: the kubelet may have
    /// inherited them from anywhere. The system's own configuration, with its crypto policy, stays.
    /// </summary>
    public static void ForgetTlsConfiguration()
    {
        foreach (var name in (ReadOnlySpan<string>)
                 [
                     "OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_MODULES", "OPENSSL_ENGINES",
                     "DOTNET_OPENSSL_VERSION_OVERRIDE", "CLR_OPENSSL_VERSION_OVERRIDE",
                 ])
        {
            _ = Libc.Unsetenv(name);
        }
    }

    /// <summary>
    /// Lets the framework go on with a connection in the thread that saw it become readable. Its default, to wake up
    /// another one for each piece, is for servers with many connections: a list of thousands of secrets comes in hundreds
    /// of pieces.
    /// </summary>
    public static void CompleteSocketsInline() =>
        _ = Libc.Setenv("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1", overwrite: 1);

    /// <summary>
    /// Takes the places of stdin, stdout and stderr where they were closed by whoever started us: otherwise the next
    /// file or connection that is opened would get such a number, and what is meant for stdout would go there. Each
    /// place is opened the wrong way round, so that its use fails instead of getting lost.
    /// </summary>
    public static void OccupyStandardStreams()
    {
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Libc.Fcntl(descriptor, Libc.F_GETFD) < 0)
            {
                // Never closed: the place stays taken until the process ends.
                Libc.Open("/dev/null", descriptor == 0 ? Libc.O_WRONLY : Libc.O_RDONLY).SetHandleAsInvalid();
            }
        }
    }
}
