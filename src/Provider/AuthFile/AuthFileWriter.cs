using System.Runtime.InteropServices;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// Puts the auth file into CRI-O's directory, 0600 from birth. CRI-O sees the whole file or none. The file has no name
/// until it is complete, so that no signal can leave a part of it; only where an older file is replaced, or where the
/// file system knows no files without a name, there is a temporary name for a moment.
/// </summary>
internal static class AuthFileWriter
{
    private const int OwnerReadWrite = 0x180; // 0600
    private const string ByDescriptor = "/proc/self/fd/";

    /// <param name="directory">CRI-O's directory.</param>
    /// <param name="fileName">A plain name.</param>
    /// <param name="content">The whole file.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ProviderException">Nothing was written, and nothing is left behind.</exception>
    public static string Write(AuthDirectory directory, string fileName, ReadOnlySpan<byte> content)
    {
        if (fileName.Contains('/', StringComparison.Ordinal) || fileName is "" or "." or "..")
        {
            throw new ArgumentException("not a plain file name", nameof(fileName));
        }

        Libc.SurviveFileSizeLimit();
        var path = $"{directory.Path}/{fileName}";
        var why = WriteUnnamed(directory.Descriptor, fileName, content, out var isPossible);
        if (!isPossible)
        {
            why = WriteNamed(directory.Descriptor, fileName, content);
        }

        return why is null
            ? path
            : throw new ProviderException(
                Reasons.AuthFileNotWritten,
                $"auth file \"{path}\" could not be written: {why}",
                "check the file system's free space, its mount options and the directory's mode");
    }

    /// <returns>Why the file could not be written; null when it was.</returns>
    private static string? WriteUnnamed(int directory, string fileName, ReadOnlySpan<byte> content, out bool isPossible)
    {
        var file = Libc.OpenAt(directory, ".", Libc.WriteOnly | Libc.Unnamed | Libc.CloseOnExec, OwnerReadWrite);
        isPossible = file >= 0;
        if (!isPossible)
        {
            // Network file systems have none; whatever else is wrong shows at the next attempt.
            return null;
        }

        try
        {
            if (WriteAll(file, content) is { } why)
            {
                return why;
            }

            if (Link(file, directory, fileName))
            {
                return null;
            }

            if (Marshal.GetLastPInvokeError() != Libc.Exists)
            {
                isPossible = false;
                return null;
            }

            using var deferred = new DeferredSignals();
            var temporary = TemporaryName();
            _ = Libc.LockWhole(file, Libc.ExclusiveWithoutWaiting);
            return Link(file, directory, temporary) ? Rename(directory, temporary, fileName) : Marshal.GetLastPInvokeErrorMessage();
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    private static string? WriteNamed(int directory, string fileName, ReadOnlySpan<byte> content)
    {
        using var deferred = new DeferredSignals();
        var temporary = TemporaryName();
        var file = Libc.OpenAt(
            directory,
            temporary,
            Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec,
            OwnerReadWrite);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeErrorMessage();
        }

        try
        {
            _ = Libc.LockWhole(file, Libc.ExclusiveWithoutWaiting);
            if (WriteAll(file, content) is not { } why)
            {
                return Rename(directory, temporary, fileName);
            }

            _ = Libc.UnlinkAt(directory, temporary, 0);
            return why;
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    /// <summary>Gives the file a name that nothing has yet.</summary>
    private static bool Link(int file, int directory, string name) =>

        // The first form needs a capability that root has; the second needs /proc.
        Libc.LinkAt(file, "", directory, name, Libc.OfDescriptor) == 0
        || (Marshal.GetLastPInvokeError() != Libc.Exists
            && Libc.LinkAt(Libc.CurrentDirectory, ByDescriptor + file, directory, name, Libc.LinkFollowed) == 0);

    private static string? Rename(int directory, string temporary, string fileName)
    {
        if (Libc.RenameAt(directory, temporary, directory, fileName) == 0)
        {
            return null;
        }

        var why = Marshal.GetLastPInvokeErrorMessage();
        _ = Libc.UnlinkAt(directory, temporary, 0);
        return why;
    }

    /// <summary>A name that looks like no auth file, and that <see cref="LeftoverRemover"/> knows.</summary>
    private static string TemporaryName() =>
        $"{LeftoverRemover.TemporaryPrefix}{Libc.UniqueName()}{LeftoverRemover.TemporarySuffix}";

    /// <returns>Why not everything could be written; null when it was.</returns>
    private static string? WriteAll(int file, ReadOnlySpan<byte> content)
    {
        // The umask may have taken even the owner's bits away.
        if (Libc.ChangeMode(file, OwnerReadWrite) != 0)
        {
            return Marshal.GetLastPInvokeErrorMessage();
        }

        while (!content.IsEmpty)
        {
            var count = Libc.Write(file, content, content.Length);
            if (count >= 0)
            {
                content = content[(int)count..];
            }
            else if (Marshal.GetLastPInvokeError() != Libc.InterruptedCall)
            {
                return Marshal.GetLastPInvokeErrorMessage();
            }
        }

        return null;
    }

    /// <summary>
    /// As long as a temporary name exists, a request to end waits for the rename, which takes less than a millisecond;
    /// the run then goes on to its end.
    /// </summary>
    private sealed class DeferredSignals : IDisposable
    {
        private readonly PosixSignalRegistration[] registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Defer),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Defer),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Defer),
        ];

        public void Dispose()
        {
            foreach (var registration in registrations)
            {
                registration.Dispose();
            }
        }

        private static void Defer(PosixSignalContext context) => context.Cancel = true;
    }
}
