// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// The numbers of the system calls that the kubelet's run makes once it uses the network, on x86-64
/// (arch/x86/entry/syscalls/syscall_64.tbl) and arm64 (include/uapi/asm-generic/unistd.h). -1 means that the processor
/// does not have the call. A test compares the names with the kernel's headers.
/// </summary>
internal static class SystemCalls
{
    public const int Columns = 2;

    /// <summary>Calls that the filter allows with any arguments, each with two numbers: x86-64, arm64.</summary>
    // csharpier-ignore - a row is a call
    public static ReadOnlySpan<short> Allowed =>
    [
        // memory
        11, 215, // munmap
        25, 216, // mremap
        12, 214, // brk
        28, 233, // madvise
        27, 232, // mincore
        324, 283, // membarrier
        239, 236, // get_mempolicy
        149, 228, // mlock
        150, 229, // munlock

        // threads and signals
        60, 93, // exit
        231, 94, // exit_group
        202, 98, // futex
        273, 99, // set_robust_list
        334, 293, // rseq
        218, 96, // set_tid_address
        186, 178, // gettid
        39, 172, // getpid
        24, 124, // sched_yield
        204, 123, // sched_getaffinity
        143, 121, // sched_getparam
        145, 120, // sched_getscheduler
        309, 168, // getcpu
        13, 134, // rt_sigaction
        14, 135, // rt_sigprocmask
        15, 139, // rt_sigreturn
        131, 132, // sigaltstack
        219, 128, // restart_syscall

        // time, and properties of the process and the machine
        228, 113, // clock_gettime
        229, 114, // clock_getres
        230, 115, // clock_nanosleep
        35, 101, // nanosleep
        96, 169, // gettimeofday
        201, -1, // time
        110, 173, // getppid
        102, 174, // getuid
        107, 175, // geteuid
        104, 176, // getgid
        108, 177, // getegid
        97, 163, // getrlimit
        98, 165, // getrusage
        99, 179, // sysinfo
        63, 160, // uname
        318, 278, // getrandom

        // open files
        0, 63, // read
        1, 64, // write
        19, 65, // readv
        20, 66, // writev
        17, 67, // pread64
        18, 68, // pwrite64
        8, 62, // lseek
        3, 57, // close
        32, 23, // dup
        293, 59, // pipe2
        7, -1, // poll
        271, 73, // ppoll
        291, 20, // epoll_create1
        233, 21, // epoll_ctl
        232, -1, // epoll_wait
        281, 22, // epoll_pwait
        5, 80, // fstat
        138, 44, // fstatfs
        73, 32, // flock
        77, 46, // ftruncate
        193, 10, // fgetxattr
        190, 7, // fsetxattr
        217, 61, // getdents64
        294, 26, // inotify_init1
        254, 27, // inotify_add_watch
        255, 28, // inotify_rm_watch

        // names of files
        2, -1, // open
        257, 56, // openat
        437, 437, // openat2
        4, -1, // stat
        6, -1, // lstat
        262, 79, // newfstatat
        332, 291, // statx
        137, 43, // statfs
        21, -1, // access
        269, 48, // faccessat
        439, 439, // faccessat2
        89, -1, // readlink
        267, 78, // readlinkat
        79, 17, // getcwd
        192, 9, // lgetxattr
        83, -1, // mkdir
        258, 34, // mkdirat
        265, 37, // linkat
        82, -1, // rename
        264, 38, // renameat
        316, 276, // renameat2
        87, -1, // unlink
        263, 35, // unlinkat
        280, 88, // utimensat

        // network
        42, 203, // connect
        48, 210, // shutdown
        44, 206, // sendto
        45, 207, // recvfrom
        46, 211, // sendmsg
        47, 212, // recvmsg
        307, 269, // sendmmsg
        299, 243, // recvmmsg
        55, 209, // getsockopt
        54, 208, // setsockopt
        51, 204, // getsockname
        52, 205, // getpeername
    ];

    // Calls that SeccompFilter allows only with some arguments.
    public static SystemCall Mmap => new(9, 222);

    public static SystemCall Mprotect => new(10, 226);

    public static SystemCall Clone => new(56, 220);

    public static SystemCall Prctl => new(157, 167);

    public static SystemCall Tgkill => new(234, 131);

    public static SystemCall Prlimit64 => new(302, 261);

    public static SystemCall Fcntl => new(72, 25);

    public static SystemCall Fchmod => new(91, 52);

    public static SystemCall Ioctl => new(16, 29);

    public static SystemCall Socket => new(41, 198);

    // Calls that Sandbox itself makes.
    public static SystemCall Seccomp => new(317, 277);

    // The same on every processor.
    public const int LandlockCreateRuleset = 444;
    public const int LandlockAddRule = 445;
}

/// <summary>One system call's numbers.</summary>
internal readonly record struct SystemCall(int X64, int Arm64)
{
    /// <summary>The number on the current processor.</summary>
    public int Number => On(RuntimeInformation.ProcessArchitecture);

    public int On(Architecture processor) => processor == Architecture.Arm64 ? Arm64 : X64;
}
