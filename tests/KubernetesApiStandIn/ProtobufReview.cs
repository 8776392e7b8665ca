// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;

namespace KubernetesApiStandIn;

/// <summary>
/// Reads a SelfSubjectAccessReview in Kubernetes' protobuf encoding, which newer kubectl sends (k8s.io/api,
/// authorization/v1/generated.proto, and the envelope of runtime/generated.proto).
/// </summary>
internal static class ProtobufReview
{
    private static readonly string[] ResourceAttributes =
    [
        "namespace",
        "verb",
        "group",
        "version",
        "resource",
        "subresource",
        "name",
    ];

    /// <returns>The review as JSON.</returns>
    public static string ToJson(ReadOnlySpan<byte> body)
    {
        var raw = Field(body[4..], 2);
        var attributes = Field(Field(raw, 2), 1);
        var asked = new JsonObject();
        for (var number = 1; number <= ResourceAttributes.Length; number++)
        {
            asked[ResourceAttributes[number - 1]] = Encoding.UTF8.GetString(Field(attributes, number));
        }

        return new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["spec"] = new JsonObject { ["resourceAttributes"] = asked },
        }.ToJsonString();
    }

    /// <summary>A field of wire type 2; empty if the message has no field with that number.</summary>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int number)
    {
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            if ((tag & 7) != 2)
            {
                _ = Varint(ref message);
                continue;
            }

            var length = (int)Varint(ref message);
            if (tag >> 3 == (ulong)number)
            {
                return message[..length];
            }

            message = message[length..];
        }

        return [];
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
