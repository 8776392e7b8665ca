// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// Landlock rules (linux/landlock.h): the files and TCP ports that a thread, and the threads that it starts, may still
/// open. An old kernel enforces only the restrictions that it supports.
/// </summary>
internal sealed unsafe class Landlock : IDisposable
{
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadDir = 1 << 3;
    private const ulong RemoveDir = 1 << 4;
    private const ulong RemoveFile = 1 << 5;
    private const ulong MakeReg = 1 << 8;
    private const ulong EverythingOfAbi1 = (1 << 13) - 1;
    private const ulong Refer = 1 << 13; // since ABI 2
    private const ulong Truncate = 1 << 14; // since ABI 3
    private const ulong IoctlDev = 1 << 15; // since ABI 5
    private const ulong Read = ReadFile | ReadDir;

    /// <summary>Without RemoveDir, rename(2) would report a different error if the target is a directory.</summary>
    private const ulong ReadAndWrite = Read | WriteFile | RemoveDir | RemoveFile | MakeReg | Truncate;

    private const ulong BindTcp = 1 << 0; // since ABI 4
    private const ulong ConnectTcp = 1 << 1;

    private const ulong ScopeAbstractUnixSocket = 1 << 0; // since ABI 6
    private const ulong ScopeSignal = 1 << 1;

    private readonly SafeFileHandle ruleset;
    private readonly RulesetAttributes handled;

    private Landlock(SafeFileHandle ruleset, in RulesetAttributes handled) =>
        (this.ruleset, this.handled) = (ruleset, handled);

    /// <param name="limitReading">Whether only files with a rule may be read.</param>
    /// <param name="limitPorts">Whether TCP connections are allowed only to ports with a rule.</param>
    /// <returns>Null if the kernel does not support Landlock or refuses it (errno is set).</returns>
    public static Landlock? Create(bool limitReading, bool limitPorts)
    {
        const uint VersionFlag = 1; // LANDLOCK_CREATE_RULESET_VERSION
        var abi = Libc.LandlockCreateRuleset(SystemCalls.LandlockCreateRuleset, null, 0, VersionFlag);
        if (abi < 1)
        {
            return null;
        }

        var files = EverythingOfAbi1 | (abi >= 2 ? Refer : 0) | (abi >= 3 ? Truncate : 0) | (abi >= 5 ? IoctlDev : 0);
        var handled = new RulesetAttributes
        {
            Files = limitReading ? files : files & ~Read,
            Network = abi >= 4 ? BindTcp | (limitPorts ? ConnectTcp : 0) : 0,
            Scoped = abi >= 6 ? ScopeAbstractUnixSocket | ScopeSignal : 0,
        };
        var ruleset = Libc.LandlockCreateRuleset(
            SystemCalls.LandlockCreateRuleset,
            &handled,
            sizeof(RulesetAttributes),
            0
        );
        return ruleset < 0 ? null : new Landlock(new SafeFileHandle(ruleset, ownsHandle: true), handled);
    }

    /// <summary>Allows reading the file, or everything below the directory; links are followed once, when the rule is
    /// added.</summary>
    /// <returns>False if the path does not exist.</returns>
    public bool AllowReading(string path) => AddRule(path, Read);

    /// <summary>Allows creating, reading, writing, renaming and removing regular files below the directory.</summary>
    /// <inheritdoc cref="AllowReading"/>
    public bool AllowWriting(string directory) => AddRule(directory, ReadAndWrite);

    public bool AllowConnecting(ushort port)
    {
        if ((handled.Network & ConnectTcp) == 0)
        {
            return true;
        }

        var rule = new PortRule { Allowed = ConnectTcp, Port = port };
        return Libc.LandlockAddRule(SystemCalls.LandlockAddRule, ruleset, PortRule.Type, &rule, 0) == 0;
    }

    /// <summary>For landlock_restrict_self(2), which native/sandbox.c calls.</summary>
    public SafeFileHandle Ruleset => ruleset;

    public void Dispose() => ruleset.Dispose();

    private bool AddRule(string path, ulong access)
    {
        using var file = Libc.Open(path, Libc.O_PATH | Libc.O_CLOEXEC);
        if (file.IsInvalid || Libc.Statx(file, out var status) != 0)
        {
            return false;
        }

        // The kernel rejects a rule for a file with access rights that apply only to directories.
        var allowed = handled.Files & (status.IsDirectory ? access : access & (ReadFile | WriteFile | Truncate));
        if (allowed == 0)
        {
            return true;
        }

        var rule = new PathRule { Allowed = allowed, Descriptor = (int)file.DangerousGetHandle() };
        return Libc.LandlockAddRule(SystemCalls.LandlockAddRule, ruleset, PathRule.Type, &rule, 0) == 0;
    }

    /// <summary><c>struct landlock_ruleset_attr</c>; older kernels accept unknown members if they are zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RulesetAttributes
    {
        public ulong Files;
        public ulong Network;
        public ulong Scoped;
    }

    /// <summary><c>struct landlock_path_beneath_attr</c></summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PathRule
    {
        public const uint Type = 1; // LANDLOCK_RULE_PATH_BENEATH

        public ulong Allowed;
        public int Descriptor;
    }

    /// <summary><c>struct landlock_net_port_attr</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PortRule
    {
        public const uint Type = 2; // LANDLOCK_RULE_NET_PORT

        public ulong Allowed;
        public ulong Port;
    }
}
