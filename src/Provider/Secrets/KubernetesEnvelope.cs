// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The envelope of every object in Kubernetes' protobuf encoding: four bytes, then a runtime.Unknown with the kind and
/// the object (k8s.io/apimachinery pkg/runtime/serializer/protobuf).
/// </summary>
internal static class KubernetesEnvelope
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int MaximumNameBytes = 256;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <param name="body">The whole response.</param>
    /// <param name="maximumBytes">The largest response that is accepted.</param>
    /// <param name="kind">The expected kind, of API version v1.</param>
    /// <param name="readObject">Reads the object, which is the reader's current message.</param>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="ProtobufException">The response is malformed or has another kind.</exception>
    /// <exception cref="ByteBudgetException">The response is longer.</exception>
    public static long Read(Stream body, long maximumBytes, string kind, Action<ProtobufReader> readObject)
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (
            body.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !magic.SequenceEqual(Magic)
        )
        {
            throw new ProtobufException("it does not start with \"k8s\\0\"");
        }

        var reader = new ProtobufReader(body, maximumBytes);
        var (actual, expected, hasObject) = (new TypeName("", ""), new TypeName("v1", kind), false);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KubernetesFields.Unknown.TypeMeta:
                    actual = ReadType(reader, actual);
                    break;
                case KubernetesFields.Unknown.Raw:
                    // An API server sends the kind first. Any other server might send it last, so it is checked again
                    // below.
                    if (actual.Kind.Length > 0 && actual != expected)
                    {
                        throw Unexpected(actual, expected);
                    }

                    if (hasObject)
                    {
                        // Go would use the last one, but this program uses secrets as they arrive.
                        throw new ProtobufException("it has more than one object");
                    }

                    hasObject = true;
                    var outerEnd = reader.EnterMessage();
                    readObject(reader);
                    reader.LeaveMessage(outerEnd);
                    break;
                case KubernetesFields.Unknown.ContentEncoding when ReadText(reader) is { Length: > 0 } encoding:
                    throw new ProtobufException($"the content encoding of its object is \"{OneLine.Of(encoding)}\"");
                case KubernetesFields.Unknown.ContentType
                    when ReadText(reader) is { Length: > 0 } type and not MediaType:
                    throw new ProtobufException($"the content type of its object is \"{OneLine.Of(type)}\"");
                case KubernetesFields.Unknown.ContentEncoding or KubernetesFields.Unknown.ContentType:
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return actual == expected ? Magic.Length + reader.BytesRead : throw Unexpected(actual, expected);
    }

    /// <returns>The text if it is short, otherwise an empty string; bytes that are not UTF-8 are replaced.</returns>
    public static string ReadText(ProtobufReader reader, int maximumBytes = MaximumNameBytes) =>
        reader.TryReadBytes(maximumBytes, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";

    private static TypeName ReadType(ProtobufReader reader, TypeName type)
    {
        var outerEnd = reader.EnterMessage();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KubernetesFields.TypeMeta.ApiVersion:
                    type = type with { ApiVersion = ReadText(reader) };
                    break;
                case KubernetesFields.TypeMeta.Kind:
                    type = type with { Kind = ReadText(reader) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.LeaveMessage(outerEnd);
        return type;
    }

    private static ProtobufException Unexpected(TypeName actual, TypeName expected) =>
        new(
            $"it has kind \"{OneLine.Of(actual.Kind)}\" of \"{OneLine.Of(actual.ApiVersion)}\" instead of "
                + $"\"{expected.Kind}\" of \"{expected.ApiVersion}\""
        );

    private readonly record struct TypeName(string ApiVersion, string Kind);
}
