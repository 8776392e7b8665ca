// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// A pseudo terminal that only shows: programs that print other things to a terminal than to a pipe print to it what
/// people see. Carriage returns are the terminal's own.
/// </summary>
internal sealed partial class DocumentExamplesTerminal : IDisposable
{
    private const int ReadWriteWithoutControl = 0x102; // O_RDWR | O_NOCTTY
    private readonly SafeFileHandle master;
    private readonly SafeFileHandle slave;
    private readonly StringBuilder shown = new();
    private readonly Thread reader;

    public unsafe DocumentExamplesTerminal()
    {
        var descriptor = OpenPseudoTerminal(ReadWriteWithoutControl);
        Span<byte> name = stackalloc byte[64];
        fixed (byte* start = name)
        {
            if (
                descriptor < 0
                || Grant(descriptor) != 0
                || Unlock(descriptor) != 0
                || Name(descriptor, start, (nuint)name.Length) != 0
            )
            {
                throw new IOException($"no pseudo terminal: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        Path = Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]);
        master = new SafeFileHandle(descriptor, ownsHandle: true);

        // Held open here too, so that the terminal stays when a command ends.
        slave = new SafeFileHandle(Open(Path, ReadWriteWithoutControl), ownsHandle: true);
        reader = new Thread(Read) { IsBackground = true };
        reader.Start();
    }

    /// <summary>For redirections: <c>/dev/pts/N</c>.</summary>
    public string Path { get; }

    /// <summary>Takes what was shown up to the mark, which ends it.</summary>
    /// <returns>Null when the mark did not come in time.</returns>
    public string? TakeUntil(string mark, TimeSpan longest)
    {
        var start = Stopwatch.GetTimestamp();
        lock (shown)
        {
            while (true)
            {
                var text = shown.ToString();
                var end = text.IndexOf(mark, StringComparison.Ordinal);
                if (end >= 0)
                {
                    shown.Remove(0, end + mark.Length);
                    return text[..end];
                }

                var left = longest - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(shown, left))
                {
                    return null;
                }
            }
        }
    }

    /// <summary>What was shown and not taken.</summary>
    public string Rest
    {
        get
        {
            lock (shown)
            {
                return shown.ToString();
            }
        }
    }

    public void Dispose()
    {
        slave.Dispose();
        reader.Join(TimeSpan.FromSeconds(1));
        master.Dispose();
    }

    private unsafe void Read()
    {
        var buffer = new byte[4096];
        var decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[buffer.Length + 1];
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = Read((int)master.DangerousGetHandle(), start, (nuint)buffer.Length);
            }

            if (count <= 0)
            {
                // Nobody has the other end any more.
                return;
            }

            lock (shown)
            {
                shown.Append(characters, 0, decoder.GetChars(buffer.AsSpan(0, (int)count), characters, flush: false));
                Monitor.PulseAll(shown);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenPseudoTerminal(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static unsafe partial int Name(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, byte* buffer, nuint length);
}
