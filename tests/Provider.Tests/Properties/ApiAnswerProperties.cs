// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Fuzz.Targets;
using CsCheck;
using Google.Protobuf;

namespace CrioCredentialProvider.Tests.Properties;

/// <summary>
/// The promises of the fuzz target for answers that are nearly right, written by Google's library: fields in any order,
/// repeated, unknown or of the wrong type, values of every length, and answers with one changed byte.
/// </summary>
public sealed class ApiAnswerProperties
{
    private static readonly Gen<byte[]> Name = Gen.OneOf(
        Texts("a", "b.c-1", "A", "", "a..b", "\n", new string('a', 300)),
        Gen.Byte.Array[0, 4]
    );

    private static readonly Gen<byte[]> Metadata = Message(
        (1, Name),
        (3, Texts("team-a", "team-a", "team-a", "team-b")),
        (17, Gen.Byte.Array[0, 300])
    );

    private static readonly Gen<byte[]> Entry = Message(
        (1, Texts(".dockerconfigjson", ".dockerconfigjson", "other", "")),
        (2, Gen.Byte.Array[0, 300])
    );

    private static readonly Gen<byte[]> Secret = Message(
        (1, Metadata),
        (2, Entry),
        (3, Texts("kubernetes.io/dockerconfigjson", "kubernetes.io/dockerconfigjson", "Opaque"))
    );

    private static readonly Gen<byte[]> List = Message(
        (1, Message((3, Texts("next", "", "next")))),
        (2, Secret),
        (2, Secret),
        (2, Secret)
    );

    private static readonly Gen<byte[]> Account = Message(
        (1, Metadata),
        (3, Message((1, Name))),
        (3, Message((1, Name)))
    );

    private static readonly Gen<byte[]> Status = Message(
        (1, Gen.Byte.Array[0, 3]),
        (3, Texts("it is forbidden", "", "ä")),
        (4, Texts("Forbidden"))
    );

    private static readonly Gen<byte[]> Answer = Gen.OneOf(
        Envelope("SecretList", List),
        Envelope("Secret", Secret),
        Envelope("ServiceAccount", Account),
        Envelope("Status", Status)
    );

    [Fact]
    public void An_answer_is_read_the_same_in_pieces_as_a_whole_and_by_the_library() =>
        Property.Holds(Answer, ApiAnswerTarget.Run, Convert.ToHexString, rounds: 4000);

    [Fact]
    public void An_answer_with_a_changed_byte_is_read_the_same_in_pieces_as_a_whole_and_by_the_library() =>
        Property.Holds(
            Gen.Select(Answer, Gen.Int[0, 4000], Gen.Byte)
                .Select(
                    (answer, at, change) =>
                    {
                        answer[at % answer.Length] ^= change;
                        return answer;
                    }
                ),
            ApiAnswerTarget.Run,
            Convert.ToHexString,
            rounds: 4000
        );

    [Fact]
    public void Most_answers_are_good_and_many_are_not() =>
        Assert.InRange(
            Property.Share(Answer, answer => ApiAnswerModel.Read(answer, "SecretList") is not null),
            0.05,
            0.25
        );

    private static Gen<byte[]> Texts(params string[] texts) =>
        Gen.OneOf(texts.Select(text => Gen.Const(Encoding.UTF8.GetBytes(text))).ToArray());

    /// <summary>Each field from none to three times, in any order, with unknown fields and other wire types between
    /// them.</summary>
    private static Gen<byte[]> Message(params (int Number, Gen<byte[]> Value)[] fields)
    {
        var some = fields
            .Select(field =>
                field.Value.Select(value =>
                    Field(output =>
                    {
                        output.WriteTag(field.Number, WireFormat.WireType.LengthDelimited);
                        output.WriteBytes(ByteString.CopyFrom(value));
                    })
                )
            )
            .ToArray();
        var odd = Gen.OneOf(
            Gen.Select(Gen.Int[1, 20], Gen.ULong)
                .Select(
                    (number, value) =>
                        Field(output =>
                        {
                            output.WriteTag(number + 20, WireFormat.WireType.Varint);
                            output.WriteUInt64(value);
                        })
                ),
            Gen.ULong.Select(value =>
                Field(output =>
                {
                    output.WriteTag(536870911, WireFormat.WireType.Fixed64);
                    output.WriteFixed64(value);
                })
            ),
            Gen.UInt.Select(value =>
                Field(output =>
                {
                    output.WriteTag(7, WireFormat.WireType.Fixed32);
                    output.WriteFixed32(value);
                })
            )
        );
        var wrong = Gen.Int[1, 4]
            .Select(number =>
                Field(output =>
                {
                    output.WriteTag(number, number == 4 ? WireFormat.WireType.StartGroup : WireFormat.WireType.Varint);
                    output.WriteInt32(1);
                })
            );
        var any = Gen.Frequency((60, Gen.OneOf(some)), (15, odd), (1, wrong)).Array[0, 2];
        return Gen.Select(Sequence(some), any, Gen.Bool)
            .Select(
                (usual, more, isFirst) =>
                    (isFirst ? more.Concat(usual) : usual.Concat(more)).SelectMany(field => field).ToArray()
            );
    }

    private static Gen<byte[]> Envelope(string kind, Gen<byte[]> document) =>
        Gen.Select(
                Message((1, Texts("v1")), (2, Texts(kind))),
                document,
                Gen.Frequency((20, Texts("")), (1, Texts("gzip", "application/vnd.kubernetes.protobuf"))),
                Gen.Bool
            )
            .Select(
                (type, raw, text, isKindFirst) =>
                {
                    var (first, second) = (Bytes(1, type), Bytes(2, raw));
                    return (byte[])
                        [
                            .. "k8s\0"u8,
                            .. isKindFirst ? first : second,
                            .. isKindFirst ? second : first,
                            .. Bytes(3, []),
                            .. Bytes(4, text),
                        ];
                }
            );

    private static byte[] Bytes(int number, byte[] value) =>
        Field(output =>
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        });

    private static byte[] Field(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        var output = new CodedOutputStream(bytes);
        write(output);
        output.Flush();
        return bytes.ToArray();
    }

    private static Gen<byte[][]> Sequence(Gen<byte[]>[] gens) =>
        gens.Aggregate(Gen.Const(Array.Empty<byte[]>()), (before, gen) =>
            Gen.Select(before, gen, (all, next) => (byte[][])[.. all, next])
        );
}
