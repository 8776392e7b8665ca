// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using CrioCredentialProvider.Linux;
using Processor = System.Runtime.InteropServices.Architecture;

namespace CrioCredentialProvider.Tests.Linux;

/// <summary>
/// The filter of either processor, run here as the kernel runs it; the numbers come from the kernel's own headers.
/// </summary>
public sealed class SeccompFilterTests
{
    private const int Self = 4711;
    private const ulong Any = 0x1234567812345678;

    /// <summary>What the table of the program says in numbers, by name.</summary>
    private static readonly string[] Allowed =
    [
        "munmap",
        "mremap",
        "brk",
        "madvise",
        "mincore",
        "membarrier",
        "get_mempolicy",
        "mlock",
        "munlock",
        "exit",
        "exit_group",
        "futex",
        "set_robust_list",
        "rseq",
        "set_tid_address",
        "gettid",
        "getpid",
        "sched_yield",
        "sched_getaffinity",
        "sched_getparam",
        "sched_getscheduler",
        "getcpu",
        "rt_sigaction",
        "rt_sigprocmask",
        "rt_sigreturn",
        "sigaltstack",
        "restart_syscall",
        "clock_gettime",
        "clock_getres",
        "clock_nanosleep",
        "nanosleep",
        "gettimeofday",
        "time",
        "getppid",
        "getuid",
        "geteuid",
        "getgid",
        "getegid",
        "getrlimit",
        "getrusage",
        "sysinfo",
        "uname",
        "getrandom",
        "read",
        "write",
        "readv",
        "writev",
        "pread64",
        "pwrite64",
        "lseek",
        "close",
        "dup",
        "pipe2",
        "poll",
        "ppoll",
        "epoll_create1",
        "epoll_ctl",
        "epoll_wait",
        "epoll_pwait",
        "fstat",
        "fstatfs",
        "flock",
        "ftruncate",
        "fgetxattr",
        "fsetxattr",
        "getdents64",
        "inotify_init1",
        "inotify_add_watch",
        "inotify_rm_watch",
        "open",
        "openat",
        "openat2",
        "stat",
        "lstat",
        "newfstatat",
        "statx",
        "statfs",
        "access",
        "faccessat",
        "faccessat2",
        "readlink",
        "readlinkat",
        "getcwd",
        "lgetxattr",
        "mkdir",
        "mkdirat",
        "linkat",
        "rename",
        "renameat",
        "renameat2",
        "unlink",
        "unlinkat",
        "utimensat",
        "connect",
        "shutdown",
        "sendto",
        "recvfrom",
        "sendmsg",
        "recvmsg",
        "sendmmsg",
        "recvmmsg",
        "getsockopt",
        "setsockopt",
        "getsockname",
        "getpeername",
    ];

    private static readonly string[] Conditional =
    [
        "mmap",
        "mprotect",
        "clone",
        "prctl",
        "tgkill",
        "prlimit64",
        "fcntl",
        "fchmod",
        "ioctl",
        "socket",
    ];

    public static TheoryData<Processor> Processors => [Processor.X64, Processor.Arm64];

    [Theory]
    [MemberData(nameof(Processors))]
    public void Each_call_is_allowed_or_missing_as_listed_by_name(Processor processor)
    {
        var numbers = Numbers(processor);
        foreach (var (name, number) in numbers.Where(pair => !Conditional.Contains(pair.Key)))
        {
            var expected = Allowed.Contains(name) ? SeccompFilter.Allow : SeccompFilter.NoSuchCall;
            Assert.Equal((name, expected), (name, Run(processor, number)));
        }

        var known = numbers.Values.ToHashSet();
        foreach (
            var number in Enumerable.Range(0, 600).Where(number => !known.Contains(number)).Append(0x40000000 + 59)
        )
        {
            Assert.Equal((number, SeccompFilter.NoSuchCall), (number, Run(processor, number)));
        }
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void Calls_that_give_an_attacker_more_than_the_run_has_are_missing(Processor processor)
    {
        var numbers = Numbers(processor);
        foreach (
            var name in (string[])
                [
                    "execve",
                    "execveat",
                    "ptrace",
                    "process_vm_readv",
                    "process_vm_writev",
                    "clone3",
                    "unshare",
                    "setns",
                    "mount",
                    "pivot_root",
                    "chroot",
                    "bpf",
                    "perf_event_open",
                    "userfaultfd",
                    "io_uring_setup",
                    "keyctl",
                    "init_module",
                    "finit_module",
                    "kexec_load",
                    "reboot",
                    "kill",
                    "tkill",
                    "rt_sigqueueinfo",
                    "pidfd_open",
                    "pidfd_send_signal",
                    "memfd_create",
                    "setuid",
                    "setresuid",
                    "capset",
                    "personality",
                    "bind",
                    "listen",
                    "accept",
                    "accept4",
                    "symlinkat",
                    "mknodat",
                    "fchmodat",
                    "fchownat",
                    "fchown",
                ]
        )
        {
            Assert.Equal((name, SeccompFilter.NoSuchCall), (name, Run(processor, numbers[name])));
        }
    }

    public static TheoryData<string, int, ulong, uint> Arguments =>
        new()
        {
            { "socket", 0, 1, SeccompFilter.NoSuchFamily }, // AF_UNIX
            { "socket", 0, 2, SeccompFilter.Allow },
            { "socket", 0, 10, SeccompFilter.Allow },
            { "socket", 0, 16, SeccompFilter.NoSuchFamily }, // AF_NETLINK
            { "socket", 0, 17, SeccompFilter.NoSuchFamily }, // AF_PACKET
            { "socket", 0, 38, SeccompFilter.NoSuchFamily }, // AF_ALG
            { "socket", 0, 40, SeccompFilter.NoSuchFamily }, // AF_VSOCK
            { "clone", 0, 0x3D0F00, SeccompFilter.Allow }, // a thread, as glibc makes it
            { "clone", 0, 17, SeccompFilter.NotPermitted }, // fork
            { "clone", 0, 0x4111, SeccompFilter.NotPermitted }, // vfork
            { "mmap", 2, 3, SeccompFilter.Allow },
            { "mmap", 2, 7, SeccompFilter.NotPermitted },
            { "mprotect", 2, 1, SeccompFilter.Allow },
            { "mprotect", 2, 5, SeccompFilter.NotPermitted },
            { "fchmod", 1, 0x180, SeccompFilter.Allow },
            { "fchmod", 1, 0x9C0, SeccompFilter.NotPermitted }, // 04700
            { "fchmod", 1, 0x5C0, SeccompFilter.NotPermitted }, // 02700
            { "tgkill", 0, Self, SeccompFilter.Allow },
            { "tgkill", 0, Self + 1, SeccompFilter.NotPermitted },
            { "prlimit64", 0, 0, SeccompFilter.Allow },
            { "prlimit64", 0, Self + 1, SeccompFilter.NotPermitted },
            { "prctl", 0, 15, SeccompFilter.Allow }, // PR_SET_NAME
            { "prctl", 0, 4, SeccompFilter.NotPermitted }, // PR_SET_DUMPABLE
            { "ioctl", 1, 0x5401, SeccompFilter.Allow }, // TCGETS
            { "ioctl", 1, 0x5412, SeccompFilter.NotPermitted }, // TIOCSTI
            { "fcntl", 1, 3, SeccompFilter.Allow }, // F_GETFL
            { "fcntl", 1, 37, SeccompFilter.Allow }, // F_OFD_SETLK
            { "fcntl", 1, 8, SeccompFilter.NotPermitted }, // F_SETOWN
        };

    [Theory]
    [MemberData(nameof(Arguments))]
    public void Some_calls_are_allowed_with_some_arguments(string name, int argument, ulong value, uint expected)
    {
        foreach (var processor in (Processor[])[Processor.X64, Processor.Arm64])
        {
            Assert.Equal(expected, Run(processor, Numbers(processor)[name], argument, value));
        }
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void The_dynamic_build_may_still_load_code_and_ask_local_services(Processor processor)
    {
        var numbers = Numbers(processor);
        Assert.Equal(SeccompFilter.Allow, Run(processor, numbers["mmap"], 2, 5, mayLoadModules: true));
        Assert.Equal(SeccompFilter.Allow, Run(processor, numbers["mprotect"], 2, 5, mayLoadModules: true));
        Assert.Equal(SeccompFilter.Allow, Run(processor, numbers["socket"], 0, 1, mayLoadModules: true));
    }

    /// <summary>With other numbers for the calls, as i386 has them on x86-64, the filter would allow the wrong
    /// ones.</summary>
    [Theory]
    [MemberData(nameof(Processors))]
    public void Calls_of_another_processor_end_the_process(Processor processor) =>
        Assert.Equal(SeccompFilter.KillProcess, Run(processor, 0, audit: 0x40000003));

    [Theory]
    [MemberData(nameof(Processors))]
    public void A_call_costs_few_instructions_of_the_filter(Processor processor)
    {
        var filter = SeccompFilter.Create(processor, Self, mayLoadModules: false);
        Assert.InRange(filter.Length, 100, 400);
        foreach (var number in Numbers(processor).Values)
        {
            Interpret(filter, number, Audit(processor), [Any, Any, Any, Any, Any, Any], out var steps);
            Assert.InRange(steps, 1, 40);
        }
    }

    private static uint Run(
        Processor processor,
        int number,
        int argument = 0,
        ulong value = Any,
        bool mayLoadModules = false,
        uint? audit = null
    )
    {
        var arguments = Enumerable.Repeat(Any, 6).ToArray();
        arguments[argument] = value;
        var filter = SeccompFilter.Create(processor, Self, mayLoadModules);
        return Interpret(filter, number, audit ?? Audit(processor), arguments, out _);
    }

    private static uint Audit(Processor processor) => processor == Processor.Arm64 ? 0xC00000B7 : 0xC000003E;

    /// <summary>Classic BPF over <c>struct seccomp_data</c>, as far as filters use it.</summary>
    private static uint Interpret(BpfProgram filter, int number, uint audit, ulong[] arguments, out int steps)
    {
        var word = 0u;
        steps = 0;
        for (var at = 0; ; at++)
        {
            steps++;
            var instruction = filter.Instructions[at];
            switch (instruction.Code)
            {
                case BpfInstruction.Load:
                    word = instruction.Operand switch
                    {
                        0 => (uint)number,
                        4 => audit,
                        >= 16 and <= 56 and var offset when offset % 8 == 0 => (uint)arguments[(offset - 16) / 8],
                        _ => throw new InvalidOperationException($"offset {instruction.Operand}"),
                    };
                    break;
                case BpfInstruction.JumpIfEqual:
                    at += word == instruction.Operand ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case BpfInstruction.JumpIfAtLeast:
                    at += word >= instruction.Operand ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case BpfInstruction.JumpIfAnyBit:
                    at += (word & instruction.Operand) != 0 ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case BpfInstruction.Return:
                    return instruction.Operand;
                default:
                    throw new InvalidOperationException($"instruction {instruction.Code}");
            }
        }
    }

    /// <summary>libc6-dev brings both: x86-64's own header, and the generic one, which is arm64's.</summary>
    private static Dictionary<string, int> Numbers(Processor processor)
    {
        var (file, prefixes) =
            processor == Processor.Arm64
                ? ("/usr/include/asm-generic/unistd.h", (string[])["__NR_", "__NR3264_"])
                : ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", ["__NR_"]);
        Dictionary<string, int> numbers = [];
        foreach (
            var words in File.ReadLines(file)
                .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        )
        {
            if (
                words is ["#define", var macro, var value, ..]
                && prefixes.FirstOrDefault(prefix => macro.StartsWith(prefix, StringComparison.Ordinal)) is { } start
                && int.TryParse(value, CultureInfo.InvariantCulture, out var number)
            )
            {
                numbers[macro[start.Length..]] = number;
            }
        }

        if (numbers.Remove("fstatat", out var fstatat))
        {
            // Its name on 64-bit processors (asm-generic/unistd.h, "__NR3264_fstatat").
            numbers["newfstatat"] = fstatat;
        }

        numbers.Remove("syscalls");
        numbers.Remove("arch_specific_syscall");
        Assert.True(numbers.Count > 250, file);
        return numbers;
    }
}
