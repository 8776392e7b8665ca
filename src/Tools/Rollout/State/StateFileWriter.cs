// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The state directory: <c>state.json</c>, which is replaced as a whole and on disk before anything else is changed;
/// the original files; files that somebody edited while a change was being undone; the lock.
/// </summary>
/// <param name="files">The node's files.</param>
/// <param name="directory">On the node.</param>
internal sealed class StateFileWriter(NodeFileWriter files, string directory)
{
    public const string UsualDirectory = "/var/lib/crio-credential-provider";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Directory => directory;

    public OriginalFiles Originals { get; } = new(files, directory);

    private string StatePath => files.Here(directory + "/state.json");

    /// <summary>The state that was saved last.</summary>
    /// <exception cref="ProviderException">The file cannot be used.</exception>
    public RolloutState Load()
    {
        try
        {
            return StateJson.Read(File.ReadAllBytes(StatePath));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // ENOENT, and nothing else.
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

    /// <summary>Replaces the state, and returns when it is on disk.</summary>
    /// <exception cref="RolloutException">There is no space or no right.</exception>
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

    /// <summary>The name of a new change.</summary>
    public static string NewId() => Libc.UniqueName();

    /// <summary>
    /// Takes the lock that only one change at a time may hold, and makes the state directory for it. It ends with the
    /// process, however that ends.
    /// </summary>
    /// <returns>The lock; null when another process holds it.</returns>
    /// <exception cref="RolloutException">The directory cannot be made.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            var path = files.Here(directory + "/lock");
            while (true)
            {
                _ = System.IO.Directory.CreateDirectory(files.Here(directory), OwnerOnly);

                // The framework takes a lock of its own on a file that it opens.
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

                // An uninstall may have removed the file between the open and the lock: then nobody else would see this
                // lock.
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

    /// <summary>Where a file is kept that somebody edited while a change was in progress.</summary>
    public string EditedPath(string id, string path) => $"{directory}/edited/{id}{path.Replace('/', '_')}";

    /// <summary>
    /// Removes what nothing installed needs; with nothing installed, the whole directory. In a container it may be a
    /// mount, which stays, empty.
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
            throw new RolloutException($"\"{directory}\" cannot be written to disk: {Errno.Message}");
        }
    }
}
