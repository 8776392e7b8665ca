// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The state directory. It contains <c>state.json</c>, which is replaced atomically and synced before anything else is
/// changed; the original files; files that somebody edited while a change was being undone; and the lock.
/// </summary>
/// <param name="files">The node's files.</param>
/// <param name="directory">The directory on the node.</param>
internal sealed class StateFileWriter(NodeFileWriter files, string directory)
{
    public const string UsualDirectory = "/var/lib/crio-credential-provider";

    public OriginalFiles Originals { get; } = new(files, directory);

    private string StatePath => files.Here(directory + "/state.json");

    /// <summary>The state that was saved last.</summary>
    /// <exception cref="ProviderException">The file is unusable.</exception>
    public RolloutState Load()
    {
        try
        {
            return StateJson.Read(File.ReadAllBytes(StatePath));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // ENOENT only.
            return RolloutState.Empty;
        }
        catch (Exception e) when (e is RolloutException or IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                Reasons.RolloutStateUnusable,
                $"state file \"{directory}/state.json\" cannot be used: {OneLine.Of(e.Message)}",
                e is UnauthorizedAccessException
                    ? "run it as root"
                    : "use the version that wrote it, or move the file away and compare the node with \"install "
                        + "--plan\""
            );
        }
    }

    /// <summary>Replaces the state file and syncs it to disk.</summary>
    /// <exception cref="RolloutException">There is no space or no permission.</exception>
    public void Save(RolloutState state)
    {
        files.Changing($"save the state {state.Phase}");
        try
        {
            var temporary = StatePath + ".new";
            using (
                var file = new FileStream(
                    temporary,
                    new FileStreamOptions
                    {
                        Mode = FileMode.Create,
                        Access = FileAccess.Write,
                        BufferSize = 0,
                        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    }
                )
            )
            {
                file.Write(StateJson.Write(state));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, StatePath, overwrite: true);
            SyncDirectory();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException($"\"{directory}/state.json\" cannot be written: {OneLine.Of(e.Message)}");
        }
    }

    /// <summary>A unique ID for a new change.</summary>
    public static string NewId() => Libc.UniqueName();

    /// <summary>
    /// Takes the lock that only one change at a time may hold, and creates the state directory if needed. The kernel
    /// releases the lock when the process ends.
    /// </summary>
    /// <returns>The lock; null if another process holds it.</returns>
    /// <exception cref="RolloutException">The directory cannot be created.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            var path = files.Here(directory + "/lock");
            while (true)
            {
                _ = System.IO.Directory.CreateDirectory(files.Here(directory), OwnerMode.Directory);

                // Opened with open(2), because FileStream takes its own flock on the file.
                var handle = Libc.OpenAt(
                    Libc.AT_FDCWD,
                    path,
                    Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite
                );
                if (handle.IsInvalid)
                {
                    throw new IOException(Errno.Message);
                }

                if (Libc.Flock(handle, Libc.LOCK_EX | Libc.LOCK_NB) != 0)
                {
                    handle.Dispose();
                    return null;
                }

                // An uninstall may have removed the file between open and flock; nobody else would then see this lock.
                if (IsStillThere(handle, path))
                {
                    return handle;
                }

                handle.Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException($"\"{directory}\" cannot be used: {OneLine.Of(e.Message)}");
        }
    }

    /// <summary>Where to move a file that somebody edited while a change was in progress.</summary>
    public string EditedPath(string id, string path) => $"{directory}/edited/{id}{path.Replace('/', '_')}";

    /// <summary>
    /// Removes what no installed path needs, or the whole directory if nothing is installed. In a container, the
    /// directory may be a mount point, which is emptied but not removed.
    /// </summary>
    public void Tidy(RolloutState state)
    {
        if (state.Installed.Count > 0 || state.Last is { Result: LastChange.Undone })
        {
            Originals.Tidy(state.Installed);
            return;
        }

        files.Changing("remove the state directory");
        var here = files.Here(directory);
        if (System.IO.Directory.Exists(here + "/edited"))
        {
            File.Delete(StatePath);
            return;
        }

        foreach (var inner in System.IO.Directory.GetDirectories(here))
        {
            System.IO.Directory.Delete(inner, recursive: true);
        }

        foreach (var file in System.IO.Directory.GetFiles(here))
        {
            File.Delete(file);
        }

        if (Libc.Unlinkat(Libc.AT_FDCWD, here, Libc.AT_REMOVEDIR) != 0 && Errno.Last != Errno.EBUSY)
        {
            throw new RolloutException($"\"{directory}\" cannot be removed: {Errno.Message}");
        }
    }

    private static bool IsStillThere(SafeFileHandle handle, string path) =>
        Libc.Statx(handle, out var opened) == 0
        && Libc.Statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, out var named) == 0
        && opened.Inode == named.Inode
        && opened.Device == named.Device;

    private void SyncDirectory()
    {
        using var handle = Libc.Open(files.Here(directory), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (handle.IsInvalid || Libc.Fsync(handle) != 0)
        {
            throw new RolloutException($"\"{directory}\" cannot be synced: {Errno.Message}");
        }
    }
}
