// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>One member of <c>auths</c>.</summary>
/// <param name="Key">As written.</param>
/// <param name="Credential">Null if the entry has no usable one.</param>
/// <param name="Problem">Why there is no credential; null if the entry has no value at all.</param>
internal readonly record struct DockerConfigEntry(string Key, Credential? Credential, string? Problem);
