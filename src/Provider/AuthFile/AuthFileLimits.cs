// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// How much of the node one pull and one namespace may use. A user who can create secrets and pods must not be able to
/// fill the file system on which the pulls of all other namespaces depend.
/// </summary>
internal static class AuthFileLimits
{
    /// <summary>
    /// Maximum size of one auth file, in bytes: each pull leaves one on a tmpfs that all namespaces share.
    /// </summary>
    public const int LargestFile = 1024 * 1024;

    /// <summary>How much of the file system stays free, in bytes.</summary>
    public const ulong FreeSpace = 16 * 1024 * 1024;

    /// <summary>Maximum number of files of one namespace that CRI-O has not taken: more than a node has pods.</summary>
    public const int MostUntakenFiles = 512;

    /// <summary>Maximum total size of those files, in bytes.</summary>
    public const ulong MostUntakenBytes = 32 * 1024 * 1024;

    /// <exception cref="ProviderException">The file would be too large.</exception>
    public static void CheckSize(int length)
    {
        if (length > LargestFile)
        {
            throw new ProviderException(
                Reasons.AuthFileTooLarge,
                $"the auth file would have {length} bytes, more than {LargestFile}",
                "remove credentials that no image needs from the kubelet's auth file, or from the namespace's pull "
                    + "secrets"
            );
        }
    }

    /// <param name="ns">The namespace.</param>
    /// <param name="swept">The namespace's files in the directory.</param>
    /// <param name="length">The size of the new file.</param>
    /// <exception cref="ProviderException">
    /// The namespace has too many files, or too many bytes, in the directory.
    /// </exception>
    public static void CheckNamespace(string ns, SweepResult swept, ulong length)
    {
        if (swept.UntakenFiles >= MostUntakenFiles || swept.UntakenBytes + length > MostUntakenBytes)
        {
            throw new ProviderException(
                Reasons.TooManyUntakenFiles,
                $"namespace \"{ns}\" already has {swept.UntakenFiles} auth files of {swept.UntakenBytes} bytes "
                    + "together that CRI-O has not "
                    + $"taken; at most {MostUntakenFiles} files of {MostUntakenBytes} bytes are allowed",
                "wait for its pulls, and find out why so many of its pods start at once on this node"
            );
        }
    }

    /// <exception cref="ProviderException">The file system does not have enough free space.</exception>
    public static void CheckFreeSpace(AuthDirectory directory, ulong length)
    {
        if (directory.FreeSpace() is { } free && free < FreeSpace + length)
        {
            throw new ProviderException(
                Reasons.AuthDirectoryFull,
                $"the file system of auth directory \"{directory.Path}\" has only {free} bytes free, and {FreeSpace} "
                    + "of them are kept free",
                "free space there, or let CRI-O's namespaced_auth_dir and --auth-dir name a directory on another file "
                    + "system"
            );
        }
    }
}
