// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>One entry below <c>auths</c>.</summary>
/// <param name="Key">As written.</param>
/// <param name="Credential">Null when the entry has none that can be used.</param>
/// <param name="Problem">Why there is no credential; null when the entry has no value at all.</param>
internal readonly record struct DockerConfigEntry(string Key, Credential? Credential, string? Problem);
