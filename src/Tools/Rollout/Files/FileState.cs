// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace CrioCredentialProvider.Tools.Rollout;

internal enum FileStateKind
{
    Absent,
    File,
    Directory,
    Link,
}

/// <summary>Everything about a path that a change sets and an undo restores.</summary>
/// <param name="Kind">The type of the path; links are not followed.</param>
/// <param name="Content">A file's SHA-256 in lower-case hex, or a link's target; otherwise empty.</param>
/// <param name="Mode">The lower 12 bits of the mode; zero for a link.</param>
/// <param name="Owner">The numeric user ID.</param>
/// <param name="Group">The numeric group ID.</param>
/// <param name="Label">The SELinux label; empty if there is none.</param>
internal sealed record FileState(FileStateKind Kind, string Content, int Mode, uint Owner, uint Group, string Label)
{
    public static readonly FileState Absent = new(FileStateKind.Absent, "", 0, 0, 0, "");

    public bool IsAbsent => Kind == FileStateKind.Absent;

    public static FileState Directory(string label) => new(FileStateKind.Directory, "", 0x1ED, 0, 0, label); // 0755

    public static FileState Link(string target, string label) => new(FileStateKind.Link, target, 0, 0, 0, label);

    /// <summary>A regular file owned by root.</summary>
    public static FileState File(ReadOnlySpan<byte> content, int mode, string label) =>
        new(FileStateKind.File, HashOf(content), mode, 0, 0, label);

    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>What differs from another state of the same path, in a few words.</summary>
    public string DifferenceFrom(FileState other) =>
        Kind != other.Kind ? $"it is {Words(Kind)} instead of {Words(other.Kind)}"
        : Content != other.Content ? "its content is different"
        : Mode != other.Mode ? $"its mode is {Octal(Mode)} instead of {Octal(other.Mode)}"
        : Owner != other.Owner || Group != other.Group
            ? $"its owner is {Owner}:{Group} instead of {other.Owner}:{other.Group}"
        : $"its SELinux label is \"{Label}\" instead of \"{other.Label}\"";

    public static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static string Words(FileStateKind kind) =>
        kind switch
        {
            FileStateKind.Absent => "missing",
            FileStateKind.File => "a file",
            FileStateKind.Directory => "a directory",
            _ => "a symbolic link",
        };
}
