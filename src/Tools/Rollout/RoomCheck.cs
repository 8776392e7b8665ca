// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Checks that the new files fit on their file systems, and can be written and executed there.</summary>
internal sealed class RoomCheck(NodeFilesReader reader)
{
    /// <summary>Extra space for the state file and for file system overhead.</summary>
    private const ulong SpareBytes = 1024 * 1024;

    /// <param name="survey">The survey, including the new files.</param>
    /// <param name="places">The paths that the plan changes.</param>
    /// <param name="programBytes">The size of the program.</param>
    public IEnumerable<Refusal> Refusals(NodeSurvey survey, PlaceStep[] places, long programBytes)
    {
        foreach (var place in places.Where(place => place.After.Kind == FileStateKind.File))
        {
            var size = survey.Contents.TryGetValue(place.Path, out var bytes) ? bytes.Length : programBytes;
            if (Nearest(place.Path) is not { } directory || reader.Room(directory) is not { } room)
            {
                continue;
            }

            if (room.IsReadOnly)
            {
                yield return new Refusal(
                    $"\"{directory.Path}\" is on a read-only file system",
                    "choose another place with --bin-dir or --config"
                );
            }
            else if (room.FreeBytes < (ulong)size + SpareBytes)
            {
                yield return new Refusal(
                    $"\"{directory.Path}\" has {room.FreeBytes} bytes free, but \"{place.Path}\" needs {size}",
                    "free space on its file system"
                );
            }

            if (place.Role == PathRole.Program && room.IsNoExec)
            {
                yield return new Refusal(
                    $"\"{directory.Path}\" is on a file system that is mounted noexec",
                    "choose another place with --bin-dir"
                );
            }
        }
    }

    private FileFacts? Nearest(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        while (reader.Find(directory) is null && directory != "/")
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return reader.Find(directory);
    }
}
