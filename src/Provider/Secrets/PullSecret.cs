// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// One image pull secret as the API server returned it. The memory is only valid during the callback, because its
/// buffers are reused.
/// </summary>
/// <param name="Utf8Name">The secret's <c>metadata.name</c>; most secrets never need it as a string.</param>
/// <param name="DockerConfigJson">
/// The decoded bytes of <c>data[".dockerconfigjson"]</c>, or null if the key is missing.
/// </param>
internal readonly record struct PullSecret(ReadOnlyMemory<byte> Utf8Name, ReadOnlyMemory<byte>? DockerConfigJson)
{
    public PullSecret(string name, ReadOnlyMemory<byte>? dockerConfigJson)
        : this(Encoding.UTF8.GetBytes(name), dockerConfigJson) { }

    /// <summary>A new string at each call.</summary>
    public string Name => Encoding.UTF8.GetString(Utf8Name.Span);
}
