// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Takes auth files as CRI-O does (cri-o server/image_pull.go prepareTempAuthFile): looks at the path, renames the file
/// into <c>in-use/</c> under a name of its own, uses it for the pull, and deletes it.
/// </summary>
internal static class CrioTaker
{
    /// <param name="authFile">The path that CRI-O makes of the pod's namespace and image.</param>
    /// <param name="pull">What is done with the file's content.</param>
    /// <returns>False when there was no file: the pull would have been made without credentials.</returns>
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
            // Another pull was quicker, between the look and the rename: CRI-O fails this one.
            return false;
        }

        pull(File.ReadAllText(taken));

        // Nobody but CRI-O may remove a file that is in use.
        Assert.True(File.Exists(taken), "the file was removed while it was in use");
        File.Delete(taken);
        return true;
    }
}
