// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Reads a unit's files in systemd's order (systemd.unit(5)): the unit of the first directory that has it, then the
/// drop-ins of all directories by name, of which the first directory's wins over others of the same name.
/// </summary>
internal static class UnitFilesReader
{
    private static readonly string[] Directories =
    [
        "/etc/systemd/system",
        "/run/systemd/system",
        "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ];

    /// <param name="files">The node's.</param>
    /// <param name="unit">Such as <c>kubelet.service</c>.</param>
    /// <param name="without">A drop-in to leave out; null for none.</param>
    public static IReadOnlyList<UnitFile> Read(NodeFilesReader files, string unit, string? without)
    {
        List<UnitFile> found = [];
        if (
            Directories
                .Select(directory => $"{directory}/{unit}")
                .FirstOrDefault(path => files.Find(path) is not null) is
            { } main
        )
        {
            found.Add(new UnitFile(main, files.ReadText(main) ?? ""));
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

        found.AddRange(dropIns.Values.Select(path => new UnitFile(path, files.ReadText(path) ?? "")));
        return found;
    }
}
