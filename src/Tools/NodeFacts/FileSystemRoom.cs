// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>Room on a file system.</summary>
/// <param name="FreeBytes">What is left for files.</param>
/// <param name="FreeInodes">Null where the file system has no fixed number.</param>
/// <param name="IsReadOnly">Mounted so.</param>
/// <param name="IsNoExec">Mounted so that no program on it can be run.</param>
internal sealed record FileSystemRoom(ulong FreeBytes, ulong? FreeInodes, bool IsReadOnly, bool IsNoExec);
