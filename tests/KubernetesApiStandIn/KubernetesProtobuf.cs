// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubernetesApiStandIn;

/// <summary>
/// Converts Kubernetes objects between JSON and protobuf. Like Go's generated code, it writes the fields in the order
/// of their numbers, and writes empty fields unless they are pointers.
/// </summary>
public static partial class KubernetesProtobuf
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static bool Knows(JsonObject document) => Messages.ContainsKey((string?)document["kind"] ?? "");

    /// <param name="document">An object with kind and apiVersion.</param>
    /// <returns>The whole response, with its envelope.</returns>
    public static byte[] Encode(JsonObject document)
    {
        var kind = (string)document["kind"]!;
        var envelope = new JsonObject
        {
            ["typeMeta"] = new JsonObject { ["apiVersion"] = (string?)document["apiVersion"], ["kind"] = kind },
            ["raw"] = Convert.ToBase64String(Encode(kind, document)),
        };
        return [.. Magic, .. Encode("Unknown", envelope)];
    }

    /// <returns>The object in a whole response, with kind and apiVersion.</returns>
    public static JsonObject Decode(ReadOnlySpan<byte> answer)
    {
        var envelope = Decode("Unknown", answer[Magic.Length..]);
        var kind = (string)envelope["typeMeta"]!["kind"]!;
        var document = Decode(kind, Convert.FromBase64String((string)envelope["raw"]!));
        document["kind"] = kind;
        document["apiVersion"] = (string?)envelope["typeMeta"]!["apiVersion"];
        return document;
    }

    private static byte[] Encode(string message, JsonObject? document)
    {
        using var bytes = new MemoryStream();
        foreach (var (number, name, type) in Messages[message])
        {
            var value = document?[name];
            if (type.StartsWith(Map, StringComparison.Ordinal))
            {
                foreach (var (key, entry) in value?.AsObject() ?? [])
                {
                    WriteBytes(bytes, number, [.. Value(1, Text, key), .. Value(2, type[Map.Length..], entry)]);
                }
            }
            else if (type.EndsWith("[]", StringComparison.Ordinal))
            {
                foreach (var item in value?.AsArray() ?? [])
                {
                    bytes.Write(Value(number, type[..^2], item));
                }
            }
            else if (value is not null || type[^1] != '?')
            {
                bytes.Write(Value(number, type.TrimEnd('?'), value));
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Value(int number, string type, JsonNode? value)
    {
        using var bytes = new MemoryStream();
        switch (type)
        {
            case Number or Flag:
                var text = value?.ToJsonString() ?? "0";
                WriteNumber(bytes, (ulong)number << 3);
                WriteNumber(
                    bytes,
                    type == Flag
                        ? text == "true"
                            ? 1UL
                            : 0
                        : (ulong)long.Parse(text, CultureInfo.InvariantCulture)
                );
                break;
            case Text:
                WriteBytes(bytes, number, Encoding.UTF8.GetBytes((string?)value ?? ""));
                break;
            case Bytes:
                WriteBytes(bytes, number, Convert.FromBase64String((string?)value ?? ""));
                break;
            case Raw:
                WriteBytes(bytes, number, Value(1, Text, value!.ToJsonString()));
                break;
            case "Time" when value is not null:
                var time = DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
                WriteBytes(bytes, number, [.. Value(1, Number, time), .. Value(2, Number, 0)]);
                break;
            case "Time":
                WriteBytes(bytes, number, []);
                break;
            default:
                WriteBytes(bytes, number, Encode(type, value?.AsObject()));
                break;
        }

        return bytes.ToArray();
    }

    private static void WriteBytes(MemoryStream bytes, int number, byte[] value)
    {
        WriteNumber(bytes, ((ulong)number << 3) | 2);
        WriteNumber(bytes, (ulong)value.Length);
        bytes.Write(value);
    }

    private static void WriteNumber(MemoryStream bytes, ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }

        bytes.WriteByte((byte)value);
    }

    private static JsonObject Decode(string message, ReadOnlySpan<byte> bytes)
    {
        JsonObject document = [];
        while (!bytes.IsEmpty)
        {
            var tag = ReadNumber(ref bytes);
            var (_, name, type) = Messages[message].Single(field => (ulong)field.Number == tag >> 3);
            if ((tag & 7) == 0)
            {
                var number = ReadNumber(ref bytes);
                document[name] = type.StartsWith(Flag, StringComparison.Ordinal)
                    ? number != 0
                    : JsonValue.Create((long)number);
                continue;
            }

            var length = (int)ReadNumber(ref bytes);
            var value = bytes[..length];
            bytes = bytes[length..];
            if (type.StartsWith(Map, StringComparison.Ordinal))
            {
                document[name] ??= new JsonObject();
                _ = ReadNumber(ref value);
                var keyLength = (int)ReadNumber(ref value);
                var key = Encoding.UTF8.GetString(value[..keyLength]);
                value = value[keyLength..];
                _ = ReadNumber(ref value);
                _ = ReadNumber(ref value);
                document[name]![key] = ToJson(type[Map.Length..], value);
            }
            else if (type.EndsWith("[]", StringComparison.Ordinal))
            {
                document[name] ??= new JsonArray();
                document[name]!.AsArray().Add(ToJson(type[..^2], value));
            }
            else
            {
                document[name] = ToJson(type.TrimEnd('?'), value);
            }
        }

        return document;
    }

    private static JsonNode? ToJson(string type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case Text:
                return Encoding.UTF8.GetString(value);
            case Bytes:
                return Convert.ToBase64String(value);
            case Raw:
                _ = ReadNumber(ref value);
                _ = ReadNumber(ref value);
                return JsonNode.Parse(value);
            case "Time":
                if (value.IsEmpty)
                {
                    return null;
                }

                _ = ReadNumber(ref value);
                return DateTimeOffset
                    .FromUnixTimeSeconds((long)ReadNumber(ref value))
                    .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            default:
                return Decode(type, value);
        }
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
