// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Collects the wanted paths of a node, and the reasons to refuse a change.</summary>
/// <param name="files">Reads the states of its paths.</param>
/// <param name="reader">Reads the text of its files.</param>
/// <param name="mounts">Determines which paths of the node are visible.</param>
/// <param name="originals">Reads the files that an installation has replaced.</param>
/// <param name="installed">What this program has installed before.</param>
/// <param name="isRepair">Whether to restore what was installed.</param>
internal sealed class WantedPaths(
    NodeFileStateReader files,
    NodeFilesReader reader,
    HostMounts mounts,
    OriginalFiles originals,
    IReadOnlyList<InstalledPath> installed,
    bool isRepair
)
{
    private const int ReadByAll = 0x1A4; // 0644

    private readonly List<WantedPath> paths = [];
    private readonly Dictionary<string, byte[]> contents = new(StringComparer.Ordinal);
    private readonly List<Refusal> refusals = [];
    private readonly List<string> warnings = [];

    public NodeFileStateReader Files => files;

    public NodeFilesReader Reader => reader;

    public bool IsRepair => isRepair;

    /// <summary>The wanted paths, each directory before its content.</summary>
    public IReadOnlyList<WantedPath> Paths => paths;

    /// <summary>The new content of files by path, except for the program.</summary>
    public IReadOnlyDictionary<string, byte[]> Contents => contents;

    public IReadOnlyList<Refusal> Refusals => refusals;

    /// <summary>What could not be checked, one line each.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>What was installed at the path; null if nothing was.</summary>
    public FileState? PlacedAt(string path) => installed.FirstOrDefault(known => known.Path == path)?.Placed;

    /// <summary>The text of the file that was at the path before the installation; null when there was none.</summary>
    public string? OriginalText(string path) =>
        installed.FirstOrDefault(known => known.Path == path)?.Original is { Kind: FileStateKind.File } original
            ? originals.ReadText(original.Content)
            : null;

    public void Refuse(string problem, string hint) => refusals.Add(new Refusal(problem, hint));

    public void Warn(string warning) => warnings.Add(warning);

    /// <summary>Whether the file is missing here, and nobody can say whether it is missing on the node.</summary>
    public bool IsHidden(string path) => reader.Find(path) is null && !mounts.AreOver(path);

    public void Add(WantedPath path) => paths.Add(path);

    /// <summary>
    /// Adds a file. An existing file keeps its mode, owner and label; a repair, and a file that was deleted since, get
    /// those that it was installed with.
    /// </summary>
    /// <param name="path">The path on the node.</param>
    /// <param name="role">What it is for.</param>
    /// <param name="text">Its content.</param>
    /// <param name="existing">Its current text; if that equals the new text, the file keeps its bytes. Null if it does
    /// not exist.</param>
    public void AddFile(string path, PathRole role, string text, string? existing)
    {
        var bytes = text == existing ? files.Read(path) : Encoding.UTF8.GetBytes(text);
        var now = files.Observe(path);
        contents[path] = bytes;
        paths.Add(
            new WantedPath(
                path,
                role,
                (IsRepair || now.IsAbsent ? PlacedAt(path) : null) is { } placed
                        ? placed with
                        {
                            Content = FileState.HashOf(bytes),
                        }
                    : now.Kind == FileStateKind.File ? now with { Content = FileState.HashOf(bytes) }
                    : FileState.File(bytes, ReadByAll, LabelFor(path))
            )
        );
    }

    /// <summary>Adds the directory and its missing parents.</summary>
    public void AddDirectories(string directory, PathRole role)
    {
        var above = Path.GetDirectoryName(directory);
        if (above is null or "/")
        {
            return;
        }

        AddDirectories(above, role);
        if (!paths.Exists(path => path.Path == directory))
        {
            var now = files.Observe(directory);
            if (now.IsAbsent || now.Kind == FileStateKind.Directory)
            {
                paths.Add(
                    new WantedPath(directory, role, now.IsAbsent ? FileState.Directory(LabelFor(directory)) : now)
                );
            }
        }
    }

    /// <summary>
    /// The SELinux label for a new file: the label of a file in the same directory, or else the directory's. Empty
    /// without SELinux.
    /// </summary>
    public string LabelFor(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        while (directory != "/" && files.Observe(directory).IsAbsent)
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        var neighbour =
            directory == Path.GetDirectoryName(path)
                ? reader
                    .Names(directory)
                    .Select(name => $"{directory}/{name}")
                    .FirstOrDefault(file => files.Observe(file).Kind == FileStateKind.File)
                : null;
        return files.Label(neighbour ?? directory);
    }
}
