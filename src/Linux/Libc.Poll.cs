// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeout);

    /// <summary>poll(2) for one file.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="events">The events to wait for.</param>
    /// <param name="milliseconds">The timeout; -1 waits indefinitely.</param>
    /// <returns>1 if the file is ready or has an error, 0 on timeout, -1 if the call failed.</returns>
    public static int Poll(SafeHandle file, short events, int milliseconds)
    {
        var isCounted = false;
        try
        {
            file.DangerousAddRef(ref isCounted);
            var entry = new PollEntry { Descriptor = (int)file.DangerousGetHandle(), Events = events };
            return Poll(ref entry, 1, milliseconds);
        }
        finally
        {
            if (isCounted)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary><c>struct pollfd</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
