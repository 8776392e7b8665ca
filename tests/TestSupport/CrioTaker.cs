// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Picks up auth files as CRI-O does (cri-o server/image_pull.go prepareTempAuthFile): checks that the file exists,
/// moves it into <c>in-use/</c> under a unique name, uses it for the pull, and deletes it.
/// </summary>
internal static class CrioTaker
{
    /// <param name="authFile">The path that CRI-O computes from the pod's namespace and image.</param>
    /// <param name="pull">The pull, which receives the file's content.</param>
    /// <returns>False if there was no file, so that CRI-O would pull without credentials.</returns>
    public static bool TryTake(string authFile, Action<string> pull)
    {
        if (!File.Exists(authFile))
        {
            return false;
        }

        var inUse = Directory.CreateDirectory(
            Path.Combine(Path.GetDirectoryName(authFile)!, "in-use"),
            (UnixFileMode)0x1C0
        );
        var taken = Path.Combine(
            inUse.FullName,
            $"{Path.GetFileNameWithoutExtension(authFile)}-{Guid.NewGuid():D}.json"
        );
        try
        {
            File.Move(authFile, taken);
        }
        catch (FileNotFoundException)
        {
            // Another pull moved the file between the check and the rename. CRI-O fails this pull.
            return false;
        }

        pull(File.ReadAllText(taken));

        // Only CRI-O may remove a file that is in use.
        Assert.True(File.Exists(taken), "the file was removed while it was in use");
        File.Delete(taken);
        return true;
    }
}
