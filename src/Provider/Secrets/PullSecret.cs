// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// One image pull secret as the API returned it. The memory is only valid during the call that hands it over: it
/// belongs to buffers that are used again.
/// </summary>
/// <param name="Utf8Name">The secret's <c>metadata.name</c>; of most secrets nobody needs it as a string.</param>
/// <param name="DockerConfigJson">
/// The decoded bytes of <c>data[".dockerconfigjson"]</c>, or null when the key is missing.
/// </param>
internal readonly record struct PullSecret(ReadOnlyMemory<byte> Utf8Name, ReadOnlyMemory<byte>? DockerConfigJson)
{
    public PullSecret(string name, ReadOnlyMemory<byte>? dockerConfigJson)
        : this(Encoding.UTF8.GetBytes(name), dockerConfigJson) { }

    /// <summary>A new string at each call.</summary>
    public string Name => Encoding.UTF8.GetString(Utf8Name.Span);
}
