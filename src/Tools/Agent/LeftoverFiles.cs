// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>Counts the auth files that lie in CRI-O's directory for longer than a pull needs to take one.</summary>
internal static class LeftoverFiles
{
    /// <param name="files">The node's.</param>
    /// <param name="directory">CRI-O's directory of auth files; without one there are none.</param>
    /// <param name="now">The node's clock.</param>
    /// <exception cref="FactUnknownException">It cannot be read.</exception>
    public static int Count(NodeFilesReader files, string directory, DateTimeOffset now) =>
        files
            .Names(directory)
            .Where(AuthFileName.IsUntaken)
            .Select(name => files.Find($"{directory}/{name}"))
            .Count(file => file is not null && now - file.Modified >= LeftoverRules.LongestWithoutIntent);
}
