using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Fuzz.Targets;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

/// <summary>The promises of the fuzz targets, for documents that are nearly right: the fuzzer has to find those by itself.</summary>
public sealed class SecretListProperties
{
    /// <summary>What a reader that counts brackets could stumble over.</summary>
    private const string BracketsInTexts = """{"]}":"\\","a\"{":["}]","\\\"]",[],{"x":"["}]}""";

    private static readonly Gen<string> Other = Gen.OneOf(
        "null", "1", "true", "[]", "{}", "\"x\"", "[\"team-a\"]", "{\"name\":\"a\",\"namespace\":\"team-a\"}", "\"e30=\"",
        "\"\\ud83d\\ude00\"", "\"\\u0000\"", "1.5e-7", BracketsInTexts);

    private static readonly Gen<string> Name = Gen.OneOf("\"a\"", "\"b.c-1\"", "\"A\"", "\"a\\u002db\"", "\"\"", "\"a..b\"", "\"\\n\"");

    private static Gen<string> Nearly(string json) => Gen.OneOf(Gen.Const(json), Gen.Const(json), Gen.Const(json), Other);

    private static Gen<string> Nearly(Gen<string> json) => Gen.Frequency((5, json), (1, Other));

    private static readonly Gen<string> Metadata = Object(
        ("name", Nearly(Name)), ("namespace", Nearly("\"team-a\"")), ("managedFields", Gen.OneOf("[{\"f:data\":{\"f:.dockerconfigjson\":{}}}]", BracketsInTexts)));

    private static readonly Gen<string> Data = Object(
        (".dockerconfigjson", Nearly(Gen.OneOf("\"e30=\"", "\"e30\"", "\"e3 0=\\n\"", "\"!\"", "\"\"", "\"e3\\u0030=\""))), ("other", Other));

    private static readonly Gen<string> Secret = Object(
        ("metadata", Nearly(Metadata)),
        ("data", Nearly(Data)),
        ("type", Nearly("\"kubernetes.io/dockerconfigjson\"")),
        ("kind", Nearly("\"Secret\"")),
        ("items", Other));

    private static readonly Gen<string> List = Object(
        ("kind", Gen.OneOf("\"SecretList\"", "\"SecretList\"", "\"SecretList\"", "\"Status\"")),
        ("metadata", Nearly(Object(("continue", Gen.OneOf("\"x\"", "\"\"", "null")), ("name", Name)))),
        ("items", Gen.Frequency(
            (6, Nearly(Secret).Array[0, 4].Select(items => $"[{string.Join(" ,", items)}]")),
            (1, Secret.Select(item => $"{{\"x\":{item}}}")),
            (1, Secret.Select(item => $"[[{item}]]")))),
        ("type", Other));

    [Fact]
    public void A_list_is_read_the_same_in_pieces_and_as_a_whole() =>
        Property.Holds(List, document => SecretListTarget.Run(Encoding.UTF8.GetBytes(document)), rounds: 4000);

    [Fact]
    public void One_secret_is_read_the_same_in_pieces_and_as_a_whole() =>
        Property.Holds(Secret, document => SecretListTarget.Run(Encoding.UTF8.GetBytes(document)), rounds: 2000);

    /// <summary>Some of the members, in any order.</summary>
    private static Gen<string> Object(params (string Name, Gen<string> Value)[] members) =>
        from values in Gen.Select(
            Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool).Array[members.Length],
            Gen.Shuffle(Enumerable.Range(0, members.Length).ToArray()),
            Gen.Int[0, int.MaxValue])
        let present = values.Item2.Where(i => !(values.Item1[i].Item1 && values.Item1[i].Item2 && values.Item1[i].Item3)).ToArray()
        from written in Sequence([.. present.Select(i => members[i].Value.Select(value => $"\"{members[i].Name}\":{value}"))])
        select $"{{{string.Join(values.Item3 % 2 == 0 ? "," : " ,\n", written)}}}";

    private static Gen<string[]> Sequence(Gen<string>[] gens) => gens.Aggregate(
        Gen.Const(Array.Empty<string>()), (before, gen) => Gen.Select(before, gen, (texts, text) => (string[])[.. texts, text]));
}
