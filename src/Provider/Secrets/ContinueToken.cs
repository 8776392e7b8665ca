// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Secrets;

/// <summary>Reads the token for the next page from a list's metadata.</summary>
internal static class ContinueToken
{
    /// <summary>
    /// The longest token that is sent back. The server derives tokens from etcd keys, which are far shorter.
    /// </summary>
    public const int MaximumBytes = 8 * 1024;

    /// <param name="reader">Positioned at the metadata.</param>
    /// <returns>Null if there is no token.</returns>
    /// <exception cref="ProtobufException">The token is too long.</exception>
    public static string? Read(ProtobufReader reader)
    {
        string? next = null;
        var outerEnd = reader.EnterMessage();
        while (reader.NextField())
        {
            if (reader.Field == KubernetesFields.ListMeta.Continue)
            {
                next = reader.TryReadBytes(MaximumBytes, out var token)
                    ? Encoding.UTF8.GetString(token)
                    : throw new ProtobufException($"its continue token has more than {MaximumBytes} bytes");
            }
            else
            {
                reader.Skip();
            }
        }

        reader.LeaveMessage(outerEnd);
        return next;
    }
}
