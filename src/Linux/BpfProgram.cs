// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary><c>struct sock_filter</c>: one instruction of classic BPF (linux/filter.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand)
{
    public const ushort Load = 0x20; // BPF_LD | BPF_W | BPF_ABS
    public const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    public const ushort JumpIfAtLeast = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    public const ushort JumpIfAnyBit = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    public const ushort Return = 0x06; // BPF_RET | BPF_K
}

/// <summary>Builds a filter, one instruction at a time.</summary>
internal sealed class BpfProgram
{
    private readonly BpfInstruction[] instructions = new BpfInstruction[512];

    public int Length { get; private set; }

    public ReadOnlySpan<BpfInstruction> Instructions => instructions.AsSpan(0, Length);

    /// <param name="offset">In bytes: the word of <c>struct seccomp_data</c> that the next conditions test.</param>
    public void Load(int offset) => Append(new(BpfInstruction.Load, 0, 0, (uint)offset));

    public void Return(uint action) => Append(new(BpfInstruction.Return, 0, 0, action));

    public void ReturnIfEqual(uint value, uint action)
    {
        Append(new(BpfInstruction.JumpIfEqual, 0, 1, value));
        Return(action);
    }

    public void ReturnUnlessEqual(uint value, uint action)
    {
        Append(new(BpfInstruction.JumpIfEqual, 1, 0, value));
        Return(action);
    }

    public void ReturnIfAnyBit(uint bits, uint action)
    {
        Append(new(BpfInstruction.JumpIfAnyBit, 0, 1, bits));
        Return(action);
    }

    /// <summary>Appends a jump that is taken unless the word equals the value; <see cref="Land"/> sets its
    /// target.</summary>
    public int JumpUnlessEqual(uint value) => Append(new(BpfInstruction.JumpIfEqual, 0, 0, value));

    /// <summary>Appends a jump that is taken if the word is at least the value; <see cref="Land"/> sets its
    /// target.</summary>
    public int JumpIfAtLeast(uint value) => Append(new(BpfInstruction.JumpIfAtLeast, 0, 0, value));

    /// <summary>Makes the jump lead to the next appended instruction, at most 255 instructions further on.</summary>
    public void Land(int jump)
    {
        var distance = checked((byte)(Length - jump - 1));
        instructions[jump] =
            instructions[jump].Code == BpfInstruction.JumpIfEqual
                ? instructions[jump] with
                {
                    IfFalse = distance,
                }
                : instructions[jump] with
                {
                    IfTrue = distance,
                };
    }

    private int Append(BpfInstruction instruction)
    {
        instructions[Length] = instruction;
        return Length++;
    }
}
