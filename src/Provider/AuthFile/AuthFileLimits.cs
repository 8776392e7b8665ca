// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.AuthFile;

/// <summary>
/// How much one pull and one namespace may take of the node: a user who can create secrets and pods must not be able to
/// fill the file system, on which the pulls of all other namespaces depend.
/// </summary>
internal static class AuthFileLimits
{
    /// <summary>For one auth file, in bytes.</summary>
    public const int LargestFile = 1024 * 1024;

    /// <summary>What stays free on the file system, in bytes.</summary>
    public const ulong FreeSpace = 16 * 1024 * 1024;

    /// <summary>For the files of one namespace that CRI-O has not taken: more images at once than a node has
    /// pods.</summary>
    public const int MostUntakenFiles = 512;

    /// <summary>For those files together, in bytes.</summary>
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
    /// <param name="swept">What it has in the directory.</param>
    /// <param name="length">Of the file that is to be added.</param>
    /// <exception cref="ProviderException">It has too much there.</exception>
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

    /// <exception cref="ProviderException">The file system has too little free space.</exception>
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
