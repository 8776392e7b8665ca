// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>The free space of a file system.</summary>
/// <param name="FreeBytes">The bytes that are free for files.</param>
/// <param name="FreeInodes">Null if the file system has no fixed number of inodes.</param>
/// <param name="IsReadOnly">Whether the file system is mounted read-only.</param>
/// <param name="IsNoExec">Whether the file system is mounted with noexec.</param>
internal sealed record FileSystemRoom(ulong FreeBytes, ulong? FreeInodes, bool IsReadOnly, bool IsNoExec);
