// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// The system call filter for a run that uses the network. A call that no run makes fails as if the kernel did not have
/// it, so that libraries fall back or report an error, and the process continues (docs/adr/0024).
/// </summary>
internal sealed class SeccompFilter(Architecture processor)
{
    public const uint Allow = 0x7FFF0000; // SECCOMP_RET_ALLOW
    public const uint KillProcess = 0x80000000; // SECCOMP_RET_KILL_PROCESS
    public const uint NoSuchCall = Error | 38; // ENOSYS
    public const uint NotPermitted = Error | 1; // EPERM
    public const uint NoSuchFamily = Error | 97; // EAFNOSUPPORT
    private const uint Error = 0x00050000; // SECCOMP_RET_ERRNO

    // struct seccomp_data (linux/seccomp.h)
    private const int NumberOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int ArgumentsOffset = 16; // 8 bytes each, the lower word first

    private const uint AuditX64 = 0xC000003E; // AUDIT_ARCH_X86_64
    private const uint AuditArm64 = 0xC00000B7; // AUDIT_ARCH_AARCH64
    private const int EndOfNumbers = 512;

    private readonly BpfProgram program = new();

    /// <param name="processor">The processor that the program runs on.</param>
    /// <param name="process">This process, the only one to which signals may be sent.</param>
    /// <param name="mayLoadModules">
    /// Whether memory may become executable, and sockets of local services may be used. The running static build needs
    /// neither. The dynamic build loads modules of glibc and OpenSSL when it first uses them, and a module of the name
    /// service may ask a local service, for example nscd.
    /// </param>
    public static BpfProgram Create(Architecture processor, int process, bool mayLoadModules)
    {
        var filter = new SeccompFilter(processor);
        filter.program.Load(ArchitectureOffset);
        filter.program.ReturnUnlessEqual(processor == Architecture.Arm64 ? AuditArm64 : AuditX64, KillProcess);
        filter.program.Load(NumberOffset);
        filter.AddConditions(process, mayLoadModules);
        filter.AddAllowed();
        return filter.program;
    }

    private void AddConditions(int process, bool mayLoadModules)
    {
        const uint Executable = 4; // PROT_EXEC
        const uint SetUserOrGroup = 0xC00; // S_ISUID | S_ISGID
        const uint Thread = 0x10000; // CLONE_THREAD
        const int TCGETS = 0x5401;
        const int FIONREAD = 0x541B;
        const int FIONBIO = 0x5421;

        AllowUnlessBits(SystemCalls.Mmap, 2, mayLoadModules ? 0 : Executable);
        AllowUnlessBits(SystemCalls.Mprotect, 2, mayLoadModules ? 0 : Executable);
        AllowUnlessBits(SystemCalls.Fchmod, 1, SetUserOrGroup);

        // Allow new threads, but not new processes. clone3 passes its flags in memory, which a filter cannot read; if
        // it fails, glibc uses clone.
        var other = program.JumpUnlessEqual((uint)SystemCalls.Clone.On(processor));
        program.Load(Argument(0));
        program.ReturnIfAnyBit(Thread, Allow);
        program.Return(NotPermitted);
        program.Land(other);

        AllowIfOneOf(SystemCalls.Tgkill, 0, [process], NotPermitted);
        AllowIfOneOf(SystemCalls.Prlimit64, 0, [0], NotPermitted);
        AllowIfOneOf(SystemCalls.Prctl, 0, [Libc.PR_SET_NAME, Libc.PR_SET_VMA], NotPermitted);

        // Landlock does not cover sockets that have a path. Through one of them, a service of root, for example CRI-O
        // or systemd, would do what the run itself can no longer do. The journal's socket is already open.
        ReadOnlySpan<int> families = mayLoadModules
            ? [Libc.AF_INET, Libc.AF_INET6, Libc.AF_UNIX]
            : [Libc.AF_INET, Libc.AF_INET6];
        AllowIfOneOf(SystemCalls.Socket, 0, families, NoSuchFamily);
        AllowIfOneOf(SystemCalls.Ioctl, 1, [TCGETS, FIONREAD, FIONBIO], NotPermitted);

        // Not F_SETOWN and F_SETSIG, which send signals to other processes.
        AllowIfOneOf(
            SystemCalls.Fcntl,
            1,
            [
                Libc.F_DUPFD,
                Libc.F_DUPFD_CLOEXEC,
                Libc.F_GETFD,
                Libc.F_SETFD,
                Libc.F_GETFL,
                Libc.F_SETFL,
                Libc.F_OFD_SETLK,
                Libc.F_OFD_SETLKW,
            ],
            NotPermitted
        );
    }

    private void AllowUnlessBits(SystemCall call, int argument, uint bits)
    {
        var other = program.JumpUnlessEqual((uint)call.On(processor));
        if (bits != 0)
        {
            program.Load(Argument(argument));
            program.ReturnIfAnyBit(bits, NotPermitted);
        }

        program.Return(Allow);
        program.Land(other);
    }

    private void AllowIfOneOf(SystemCall call, int argument, ReadOnlySpan<int> values, uint otherwise)
    {
        var other = program.JumpUnlessEqual((uint)call.On(processor));
        program.Load(Argument(argument));
        foreach (var value in values)
        {
            program.ReturnIfEqual((uint)value, Allow);
        }

        program.Return(otherwise);
        program.Land(other);
    }

    /// <summary>
    /// A binary search over the numbers at which the decision changes. A linear list of all calls would take ten times
    /// as many instructions per call on kernels that do not cache what a filter always allows (before 5.11).
    /// </summary>
    private void AddAllowed()
    {
        Span<bool> isAllowed = stackalloc bool[EndOfNumbers];
        isAllowed.Clear();
        for (var i = processor == Architecture.Arm64 ? 1 : 0; i < SystemCalls.Allowed.Length; i += SystemCalls.Columns)
        {
            if (SystemCalls.Allowed[i] is >= 0 and var number)
            {
                isAllowed[number] = true;
            }
        }

        Span<ushort> boundaries = stackalloc ushort[EndOfNumbers];
        var count = 0;
        for (var number = 0; number < EndOfNumbers; number++)
        {
            if (isAllowed[number] != ((count & 1) == 1))
            {
                boundaries[count++] = (ushort)number;
            }
        }

        Search(boundaries[..count], before: 0);
    }

    /// <param name="boundaries">The boundaries that the number may still be between.</param>
    /// <param name="before">How many boundaries are known to be less than the number.</param>
    private void Search(ReadOnlySpan<ushort> boundaries, int before)
    {
        if (boundaries.IsEmpty)
        {
            program.Return((before & 1) == 1 ? Allow : NoSuchCall);
            return;
        }

        var middle = boundaries.Length / 2;
        var above = program.JumpIfAtLeast(boundaries[middle]);
        Search(boundaries[..middle], before);
        program.Land(above);
        Search(boundaries[(middle + 1)..], before + middle + 1);
    }

    private static int Argument(int index) => ArgumentsOffset + (8 * index);
}
