// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Files;

/// <summary>The modes of what only the owner may use.</summary>
internal static class OwnerMode
{
    /// <summary>A file: 0600.</summary>
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A directory: 0700.</summary>
    public const UnixFileMode Directory = File | UnixFileMode.UserExecute;
}
