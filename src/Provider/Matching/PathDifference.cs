// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Matching;

/// <summary>Describes how the path of a key differs from that of a source on the same host.</summary>
internal static class PathDifference
{
    public static (NearMissKind Kind, string Difference) Of(string key, RepositoryName reference)
    {
        var path = reference.Path;
        if (key.AsSpan().ContainsAny('*', '[', '?'))
        {
            return (NearMissKind.PathGlob, "globs work in the host only, a path is compared letter by letter");
        }

        if (reference.Host == DockerHub.Name && RepositoryName.Covers(DockerHub.Library + key, path))
        {
            return (
                NearMissKind.LibraryPath,
                $"official images are below \"docker.io/library\": write \"docker.io/library/{key}\""
            );
        }

        if (RepositoryName.Covers(path, key))
        {
            return (NearMissKind.BelowSource, "it is for repositories below that");
        }

        if (RepositoryName.Covers(key.ToUpperInvariant(), path.ToUpperInvariant()))
        {
            return (NearMissKind.LetterCase, "differs in upper and lower case");
        }

        var (mine, its) = FirstDifference(key, path);
        return mine.StartsWith(its, StringComparison.Ordinal) || its.StartsWith(mine, StringComparison.Ordinal)
            ? (NearMissKind.PathBoundary, "differs at a path boundary")
            : (NearMissKind.OtherPath, "it is for another repository of this registry");
    }

    /// <summary>The first components that differ.</summary>
    private static (string Mine, string Its) FirstDifference(string key, string path)
    {
        var (mine, its) = (key.Split('/'), path.Split('/'));
        var i = 0;
        while (i < mine.Length - 1 && i < its.Length - 1 && mine[i] == its[i])
        {
            i++;
        }

        return (mine[i], its[i]);
    }
}
