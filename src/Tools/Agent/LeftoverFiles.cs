// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// Counts the auth files that have been in CRI-O's directory for longer than a pull takes to pick one up.
/// </summary>
internal static class LeftoverFiles
{
    /// <param name="files">The node's files.</param>
    /// <param name="directory">CRI-O's directory of auth files; if it does not exist, the count is 0.</param>
    /// <param name="now">The node's clock.</param>
    /// <exception cref="FactUnknownException">The directory cannot be read.</exception>
    public static int Count(NodeFilesReader files, string directory, DateTimeOffset now) =>
        files
            .Names(directory)
            .Where(AuthFileName.IsUntaken)
            .Select(name => files.Find($"{directory}/{name}"))
            .Count(file => file is not null && now - file.Modified >= LeftoverRules.LongestWithoutIntent);
}
