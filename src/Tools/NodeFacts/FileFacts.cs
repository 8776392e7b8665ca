// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>What a file is.</summary>
internal enum FileKind
{
    Regular,
    Directory,
    SymbolicLink,
    Socket,
    Other,
}

/// <summary>What the file system says about one file.</summary>
/// <param name="Path">As the node names it.</param>
/// <param name="Kind">A link is looked at itself.</param>
/// <param name="Mode">The lower 12 bits.</param>
/// <param name="Owner">Numeric user.</param>
/// <param name="Group">Numeric group.</param>
/// <param name="Device">The file system.</param>
/// <param name="Modified">When its content was last written.</param>
/// <param name="Changed">When anything of it was last changed, also by a rename.</param>
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
    /// <summary>Such as <c>root:root 0755</c>.</summary>
    public string OwnerAndMode => $"{Name(Owner)}:{Name(Group)} {ModeText(Mode)}";

    public bool IsOthersWritable => (Mode & 0x12) != 0;

    /// <summary>Whether entries can only be replaced by their owner or the directory's.</summary>
    public bool IsSticky => Kind == FileKind.Directory && (Mode & 0x200) != 0;

    public bool IsExecutable => (Mode & 0x49) != 0;

    /// <summary>Four octal digits.</summary>
    public static string ModeText(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static string Name(uint id) => id == 0 ? "root" : id.ToString();
}
