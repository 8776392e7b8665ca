// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>One image pull secret as the API returned it.</summary>
/// <param name="Name">The secret's <c>metadata.name</c>.</param>
/// <param name="DockerConfigJson">
/// The decoded bytes of <c>data[".dockerconfigjson"]</c>, or null when the key is missing. The memory is only valid
/// during the call that hands it over: it belongs to a buffer that is used again.
/// </param>
internal readonly record struct PullSecret(string Name, ReadOnlyMemory<byte>? DockerConfigJson);
