using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.AuthFile;

/// <summary>Removes an auth file that nobody took, so that no credential outlives its secret.</summary>
internal static class AuthFileRemover
{
    /// <param name="directory">CRI-O's directory; it need not exist.</param>
    /// <param name="fileName">The file of one namespace and image.</param>
    /// <param name="bound">A younger file belongs to another pod's pull and stays.</param>
    /// <param name="now">The node's clock.</param>
    /// <param name="warn">Takes the reason when a leftover cannot be removed.</param>
    /// <returns>Whether a file was removed.</returns>
    public static bool RemoveIfOlderThan(
        string directory, string fileName, TimeSpan bound, DateTimeOffset now, Action<Notice> warn)
    {
        var path = $"{directory.TrimEnd('/')}/{fileName}";
        try
        {
            // The link's own time, not its target's: a link is removed like a file, never followed.
            var file = new FileInfo(path);
            if ((!file.Exists && file.LinkTarget is null) || now - file.LastWriteTimeUtc <= bound)
            {
                return false;
            }

            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn(new Notice(
                Reasons.AuthFileNotWritten, $"Unable to remove old auth file \"{path}\": {OneLine.Of(e.Message)}"));
            return false;
        }
    }
}
