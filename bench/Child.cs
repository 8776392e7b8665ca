// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Bench;

/// <summary>The cost of one run of a program, including its threads.</summary>
/// <param name="Cpu">CPU time in user and kernel mode, in microseconds.</param>
/// <param name="Wall">Time from start to end, in microseconds.</param>
internal readonly record struct Cost(double Cpu, double Wall);

/// <summary>Starts programs with posix_spawn(3), and reads their cost from the kernel with wait4(2).</summary>
internal static unsafe partial class Child
{
    /// <summary>Runs a program to its end. Its stdout is discarded, and its stderr is inherited.</summary>
    /// <exception cref="InvalidOperationException">The program failed, so its cost is meaningless.</exception>
    public static Cost Run(IReadOnlyList<string> command, string stdin)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        return Wait(Start(command, stdin), command[0], start);
    }

    /// <summary>Runs several programs at the same time, and returns their total cost.</summary>
    public static Cost RunTogether(IReadOnlyList<(IReadOnlyList<string> Command, string Stdin)> runs)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        var pids = runs.Select(run => Start(run.Command, run.Stdin)).ToList();
        var costs = pids.Select(pid => Wait(pid, runs[0].Command[0], start)).ToList();
        return new Cost(costs.Sum(c => c.Cpu), costs.Max(c => c.Wall));
    }

    private static int Start(IReadOnlyList<string> command, string stdin)
    {
        // More than the size of glibc's posix_spawn_file_actions_t.
        var actions = stackalloc byte[256];
        Check(InitializeActions(actions));
        Check(AddOpen(actions, 0, stdin, 0, 0));
        Check(AddOpen(actions, 1, "/dev/null", 1, 0));
        var arguments = stackalloc byte*[command.Count + 1];
        for (var i = 0; i < command.Count; i++)
        {
            arguments[i] = (byte*)Marshal.StringToCoTaskMemUTF8(command[i]);
        }

        arguments[command.Count] = null;
        var environment = stackalloc byte*[2];
        environment[0] = (byte*)Marshal.StringToCoTaskMemUTF8("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
        environment[1] = null;
        Check(Spawn(out var pid, command[0], actions, null, arguments, environment));
        for (var i = 0; i < command.Count; i++)
        {
            Marshal.FreeCoTaskMem((nint)arguments[i]);
        }

        Marshal.FreeCoTaskMem((nint)environment[0]);
        _ = DestroyActions(actions);
        return pid;
    }

    private static Cost Wait(int pid, string program, long start)
    {
        Usage usage;
        int status;
        while (Wait4(pid, out status, 0, out usage) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4)
            {
                throw new InvalidOperationException("wait4: " + Marshal.GetLastPInvokeErrorMessage());
            }
        }

        return status == 0
            ? new Cost(
                ((usage.UserSeconds + usage.SystemSeconds) * 1e6) + usage.UserMicroseconds + usage.SystemMicroseconds,
                System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds
            )
            : throw new InvalidOperationException($"\"{program}\" failed with status {status >> 8}");
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    /// <summary>The first fields of <c>struct rusage</c>, which has 144 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(
        out int pid,
        string path,
        byte* actions,
        byte* attributes,
        byte** arguments,
        byte** environment
    );

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static partial int Wait4(int pid, out int status, int options, out Usage usage);
}
