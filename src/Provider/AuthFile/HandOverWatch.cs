// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Wakes when an entry leaves CRI-O's directory, or when one of the kubelet's intents is removed.</summary>
/// <param name="authDirectory">The path of CRI-O's directory.</param>
/// <param name="intents">The path of the kubelet's intents; null if it keeps none.</param>
internal sealed class HandOverWatch(string authDirectory, string? intents) : IDisposable
{
    /// <summary>Polling interval if inotify is not available: the number of instances per user is limited.</summary>
    private const int BlindMilliseconds = 20;

    private SafeFileHandle? inotify;

    /// <summary>A new watch does not report earlier events, so the caller must look again before it waits.</summary>
    /// <returns>Whether this call opened the watch.</returns>
    public bool Open()
    {
        if (inotify is not null)
        {
            return false;
        }

        inotify = Libc.InotifyInit1(Libc.IN_CLOEXEC | Libc.IN_NONBLOCK);
        if (!inotify.IsInvalid && !(Add(authDirectory) && (intents is null || Add(intents))))
        {
            inotify.Dispose();
        }

        return true;
    }

    /// <param name="longest">How long to wait if nothing happens.</param>
    public void Wait(TimeSpan longest)
    {
        // One millisecond more, so that the file is older than the bound after a timeout.
        var milliseconds = (int)Math.Min(longest.TotalMilliseconds + 1, int.MaxValue);
        if (inotify is not { IsInvalid: false, IsClosed: false })
        {
            Thread.Sleep(Math.Min(milliseconds, BlindMilliseconds));
            return;
        }

        _ = Libc.Poll(inotify, Libc.POLLIN, milliseconds);
        Span<byte> events = stackalloc byte[4096];
        while (Libc.Read(inotify, events, events.Length) > 0)
        {
            // Discard the events: the caller looks at the file itself.
        }
    }

    public void Dispose() => inotify?.Dispose();

    private bool Add(string path) => Libc.InotifyAddWatch(inotify!, path, Libc.IN_MOVED_FROM | Libc.IN_DELETE) >= 0;
}
