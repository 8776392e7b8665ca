// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// Reads a unit's files in systemd's order (systemd.unit(5)): the unit of the first directory that has it, then the
/// drop-ins of all directories by name, of which the first directory's wins over others of the same name.
/// </summary>
internal static class UnitFilesReader
{
    /// <summary>In systemd's order: of files with the same name, the first one wins.</summary>
    private static readonly string[] Directories =
    [
        "/etc/systemd/system",
        "/run/systemd/system",
        "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ];

    /// <param name="files">The node's.</param>
    /// <param name="unit">The unit's name, for example <c>kubelet.service</c>.</param>
    /// <param name="without">A drop-in to omit; null for none.</param>
    /// <returns>The unit, then its drop-ins; empty if the unit does not exist.</returns>
    /// <exception cref="FactUnknownException">A file cannot be read.</exception>
    public static IReadOnlyList<UnitFile> Read(NodeFilesReader files, string unit, string? without)
    {
        var main = Directories
            .Select(directory => $"{directory}/{unit}")
            .FirstOrDefault(path => files.Find(path) is not null);
        if (main is null)
        {
            return [];
        }

        SortedDictionary<string, string> dropIns = new(StringComparer.Ordinal);
        foreach (
            var directory in Directories.SelectMany(directory =>
                (string[])[$"{directory}/{unit}.d", $"{directory}/service.d"]
            )
        )
        {
            foreach (var name in files.Names(directory).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
            {
                var path = $"{directory}/{name}";
                if (path != without)
                {
                    _ = dropIns.TryAdd(name, path);
                }
            }
        }

        return [.. dropIns.Values.Prepend(main).Select(path => new UnitFile(path, Text(files, path)))];
    }

    /// <summary>
    /// A link to /dev/null masks a file: it hides the files of later directories, and has no content.
    /// </summary>
    private static string Text(NodeFilesReader files, string path) =>
        files.Find(path)?.Kind == FileKind.Regular ? files.ReadText(path) ?? "" : "";
}
