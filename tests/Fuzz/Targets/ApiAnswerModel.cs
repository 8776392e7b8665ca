// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>Reads whole answers by Google's library, with everything in memory.</summary>
internal static class ApiAnswerModel
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <returns>As ApiAnswerTarget tells it; null if the answer is malformed.</returns>
    public static List<string>? Read(byte[] input, string kind)
    {
        try
        {
            return input.AsSpan().StartsWith(Magic)
                ? Read(Fields(input[Magic.Length..]), kind)
                : throw new FormatException();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException)
        {
            // The run tells the HTTP status alone where a Status cannot be read.
            return kind == "Status" ? [""] : null;
        }
    }

    private static List<string>? Read(List<Field> envelope, string kind)
    {
        var type = Merged(envelope, 1);
        var raw = envelope.Where(field => field.Number == 2).ToList();
        var malformed = kind == "Status" ? new List<string> { "" } : null;
        if (
            Text(type, 1) != "v1"
            || Text(type, 2) != kind
            || raw.Count > 1
            || IsAnother(Merged([.. envelope.TakeWhile(field => field.Number != 2)], 1), kind)
            || envelope.Any(field => field.Number == 3 && Text([field], 3).Length > 0)
            || envelope.Any(field =>
                field.Number == 4 && Text([field], 4) is not ("" or "application/vnd.kubernetes.protobuf")
            )
        )
        {
            return malformed;
        }

        var document = raw.Count == 0 ? null : Fields(raw[0].Message());
        return kind switch
        {
            "Status" => [document is null ? "" : Text(document, 3, 16 * 1024)],
            "ServiceAccount" => [.. Accounts(document ?? []), "continue , 0 secrets"],
            "Secret" when document is null => ["continue , 0 secrets"],
            "Secret" => Secrets([document], ""),
            _ => Secrets([.. Messages(document ?? [], 2)], Continue(Merged(document ?? [], 1))),
        };
    }

    /// <summary>
    /// What is known in front of the object must not be another kind: its secrets are used as they arrive.
    /// </summary>
    private static bool IsAnother(List<Field> type, string kind) =>
        Text(type, 2).Length > 0 && (Text(type, 1) != "v1" || Text(type, 2) != kind);

    private static IEnumerable<string> Accounts(List<Field> account) =>
        Messages(account, 3).Select(reference => Text(reference, 1));

    private static List<string> Secrets(List<List<Field>> items, string next)
    {
        List<string> story = [],
            notices = [];
        foreach (var item in items)
        {
            var metadata = Merged(item, 1);
            var (name, ns, type) = (Text(metadata, 1), Text(metadata, 3), Text(item, 3));
            var entries = Messages(item, 2).Select(entry => (Key: Text(entry, 1), Value: Last(entry, 2))).ToList();
            if (!Oracle.IsDnsSubdomain(name))
            {
                notices.Add("Skipping a secret without a valid name");
            }
            else if (ns != ApiAnswerTarget.Namespace)
            {
                notices.Add($"Skipping secret \"{name}\", which is not in namespace \"{ApiAnswerTarget.Namespace}\"");
            }
            else if (type != "kubernetes.io/dockerconfigjson")
            {
                notices.Add($"Skipping secret \"{name}\", which is not of type \"kubernetes.io/dockerconfigjson\"");
            }
            else
            {
                var document = entries.FindLastIndex(entry => entry.Key == ".dockerconfigjson");
                story.Add(
                    $"secret {name} "
                        + $"{(document < 0 ? "without data" : Convert.ToHexString(entries[document].Value ?? []))}"
                );
            }
        }

        return [.. story, $"continue {next}, {story.Count} secrets", .. notices.Take(20)];
    }

    private static IEnumerable<List<Field>> Messages(List<Field> message, int number) =>
        message.Where(field => field.Number == number).Select(field => Fields(field.Message()));

    /// <summary>Repeated messages of a field that is not repeated are one, in their order.</summary>
    private static List<Field> Merged(List<Field> message, int number) =>
        [.. Messages(message, number).SelectMany(fields => fields)];

    private static string Continue(List<Field> metadata) =>
        metadata.All(field => field.Number != 3 || field.Message().Length <= 8192)
            ? Text(metadata, 3, 8192)
            : throw new FormatException();

    private static string Text(List<Field> message, int number, int maximum = 256) =>
        Last(message, number) is { } bytes && bytes.Length <= maximum ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>The last value counts, but none may be a number.</summary>
    private static byte[]? Last(List<Field> message, int number) =>
        message.Where(field => field.Number == number).Select(field => field.Message()).ToList().LastOrDefault();

    private static List<Field> Fields(byte[] message)
    {
        List<Field> fields = [];
        var input = new CodedInputStream(message);
        while (!input.IsAtEnd)
        {
            var tag = input.ReadUInt64();
            if (tag >> 3 is 0 or >= 1 << 29)
            {
                throw new FormatException();
            }

            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    input.ReadUInt64();
                    fields.Add(new Field(number, null));
                    break;
                case 1:
                    input.ReadFixed64();
                    fields.Add(new Field(number, null));
                    break;
                case 5:
                    input.ReadFixed32();
                    fields.Add(new Field(number, null));
                    break;
                case 2:
                    var start = (int)input.Position;
                    if (
                        new CodedInputStream(message, start, message.Length - start).ReadUInt64()
                        > (ulong)message.Length
                    )
                    {
                        // The library would use the lower 32 bits.
                        throw new FormatException();
                    }

                    fields.Add(new Field(number, input.ReadBytes().ToByteArray()));
                    break;
                default:
                    throw new FormatException();
            }
        }

        return fields;
    }

    /// <param name="Number">The field's number.</param>
    /// <param name="Bytes">Null for a number.</param>
    private sealed record Field(int Number, byte[]? Bytes)
    {
        public byte[] Message() => Bytes ?? throw new FormatException();
    }
}
