// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeout);

    /// <summary>poll(2) of one file.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="events">What is waited for.</param>
    /// <param name="milliseconds">-1 waits for ever.</param>
    /// <returns>1 if the file is ready or broken, 0 if the time is over, -1 if the call failed.</returns>
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
