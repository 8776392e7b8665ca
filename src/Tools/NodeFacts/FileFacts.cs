// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>The type of a file.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    SymbolicLink,
    Socket,
    Other,
}

/// <summary>The metadata of one file.</summary>
/// <param name="Path">The path without the node's root in front.</param>
/// <param name="Kind">The type; for a link, the link's own.</param>
/// <param name="Mode">The lower 12 bits of the mode.</param>
/// <param name="Owner">The numeric user ID.</param>
/// <param name="Group">The numeric group ID.</param>
/// <param name="Device">The device number of the file system.</param>
/// <param name="Modified">The time of the last change of the content (mtime).</param>
/// <param name="Changed">The time of the last change of content or metadata (ctime), including a rename.</param>
internal sealed record FileFacts(
    string Path,
    FileKind Kind,
    int Mode,
    uint Owner,
    uint Group,
    ulong Device,
    DateTimeOffset Modified,
    DateTimeOffset Changed
)
{
    /// <summary>For example, <c>root:root 0755</c>.</summary>
    public string OwnerAndMode => $"{Name(Owner)}:{Name(Group)} {ModeText(Mode)}";

    public bool IsOthersWritable => (Mode & 0x12) != 0;

    /// <summary>Whether only the owner of an entry or of the directory can replace the entry.</summary>
    public bool IsSticky => Kind == FileKind.Directory && (Mode & 0x200) != 0;

    public bool IsExecutable => (Mode & 0x49) != 0;

    /// <summary>The mode as four octal digits.</summary>
    public static string ModeText(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static string Name(uint id) => id == 0 ? "root" : id.ToString();
}
