using System.Diagnostics;
using CrioCredentialProvider.Linux;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.AuthFile;

/// <summary>What the file of the pull before looked like when it was our turn to write.</summary>
internal enum HandOverEnd
{
    /// <summary>There was none, or CRI-O took it while we waited.</summary>
    Free,

    /// <summary>It is there, older than anybody waits for: a leftover.</summary>
    Leftover,

    /// <summary>It may still be waited for, but all time for waiting is used up.</summary>
    OutOfTime,
}

/// <summary>How the turn came.</summary>
/// <param name="End">What became of the file of the pull before.</param>
/// <param name="Waited">For the lock and for CRI-O together.</param>
/// <param name="IsLocked">False when no lock could be had: then another run may write at the same time.</param>
internal readonly record struct HandOverTurn(HandOverEnd End, TimeSpan Waited, bool IsLocked);

/// <summary>
/// Lets the pulls of one namespace and image have the one file in turn. CRI-O gives a file to the first pull that asks:
/// only when it has taken the file of the run before may the next one write its own.
/// </summary>
internal static class HandOver
{
    /// <summary>For lock and CRI-O together; less for a run that is old already (<see cref="LongestAfter"/>).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>
    /// With some seconds to write the file and to answer before the kubelet kills, after a minute (kubernetes
    /// pkg/credentialprovider/plugin).
    /// </summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(55);

    /// <summary>Returns when it is our turn; the lock is the caller's until it closes <paramref name="locks"/>.</summary>
    /// <param name="directory">CRI-O's directory.</param>
    /// <param name="locks">The locks of this directory.</param>
    /// <param name="fileName">The name of the auth file.</param>
    /// <param name="bound">The age up to which an untaken file is waited for.</param>
    /// <param name="longest">For lock and CRI-O together, at most <see cref="Longest"/>.</param>
    /// <param name="clock">The node's clock, which file times are told by.</param>
    public static HandOverTurn Await(
        AuthDirectory directory, AuthFileLocks locks, string fileName, TimeSpan bound, TimeSpan longest, Func<DateTimeOffset> clock)
    {
        var start = Stopwatch.GetTimestamp();
        var attempt = locks.Take(fileName, longest);
        var end = attempt == LockAttempt.Busy
            ? HandOverEnd.OutOfTime
            : AwaitTaken(directory, fileName, bound, longest, clock, start);
        return new HandOverTurn(end, Stopwatch.GetElapsedTime(start), attempt == LockAttempt.Taken);
    }

    /// <summary>How long a run may wait that is so old already: it has to end before the kubelet kills it.</summary>
    public static TimeSpan LongestAfter(TimeSpan elapsed)
    {
        var left = LongestRun - elapsed;
        return left > Longest ? Longest : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static HandOverEnd AwaitTaken(
        AuthDirectory directory, string fileName, TimeSpan bound, TimeSpan longest, Func<DateTimeOffset> clock, long start)
    {
        using var watch = new DirectoryWatch(directory.Path);
        while (directory.Modified(fileName) is { } modified)
        {
            var age = clock() - modified;
            if (age.Duration() > bound)
            {
                // Also when it seems to come from the future: the clock was set back since.
                return HandOverEnd.Leftover;
            }

            var left = longest - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return HandOverEnd.OutOfTime;
            }

            // A watch that is new sees nothing that happened before: only the look after it counts.
            if (!watch.Open())
            {
                watch.Wait(TimeSpan.FromTicks(Math.Min(left.Ticks, (bound - age).Ticks)));
            }
        }

        return HandOverEnd.Free;
    }

    /// <summary>Wakes when an entry leaves a directory.</summary>
    private sealed class DirectoryWatch(string path) : IDisposable
    {
        /// <summary>Between two looks where the kernel gives no watch: their number per user is limited.</summary>
        private const int BlindMilliseconds = 20;

        private SafeFileHandle? inotify;

        /// <returns>Whether it was opened just now.</returns>
        public bool Open()
        {
            if (inotify is not null)
            {
                return false;
            }

            inotify = Libc.InotifyInit1(Libc.IN_CLOEXEC | Libc.IN_NONBLOCK);
            if (!inotify.IsInvalid && Libc.InotifyAddWatch(inotify, path, Libc.IN_MOVED_FROM | Libc.IN_DELETE) < 0)
            {
                inotify.Dispose();
            }

            return true;
        }

        public void Wait(TimeSpan longest)
        {
            // One more, so that the file is older than the bound when the time is over.
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
                // What happened does not matter: the caller looks at the file itself.
            }
        }

        public void Dispose() => inotify?.Dispose();
    }
}
