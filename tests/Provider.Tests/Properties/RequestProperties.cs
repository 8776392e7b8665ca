// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Fuzz.Targets;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tests.Properties.Models;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class RequestProperties
{
    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.String[Gen.Char["ab-.Z/_ ä"], 0, 6],
        Gen.OneOf("pull", "a.b", "a..b", "-a")
    );

    private static readonly Gen<(
        string Image,
        string? Token,
        (string Name, string Value)[] Annotations,
        int Style
    )> Requests =
        from repository in Names.Repository
        from spoilt in Gen.Frequency((8, ""), (1, ":1.27"), (1, "@sha256:00"), (1, "/"), (1, "/Upper"))
        from token in Gen.Frequency(
            (1, Gen.Const((string?)null)),
            (1, Gen.Const<string?>("")),
            (5, Gen.String.Select(text => (string?)text))
        )
        from annotations in Gen.Select(
            Gen.OneOf(Gen.String, Gen.Const(PullSecretsAnnotation.Key)),
            Gen.OneOf(Gen.String, Name.Array[0, 4].Select(names => string.Join(',', names)))
        ).Array[0, 3]
        from style in Gen.Int[0, int.MaxValue]
        select (
            repository + spoilt,
            token is null ? null : Wellformed(token),
            annotations
                .Select(pair => (Wellformed(pair.Item1), Wellformed(pair.Item2)))
                .DistinctBy(pair => pair.Item1)
                .ToArray(),
            style
        );

    [Fact]
    public void A_request_is_read_as_it_was_written_however_its_JSON_looks() => Property.Holds(Requests, given =>
        {
            var document = Print(given);
            if (!ReferenceModel.IsName(given.Image))
            {
                Assert.Equal(
                    Reasons.ImageUnusable,
                    Assert.Throws<ProviderException>(() => RequestParser.Parse(document)).Reason
                );
                return;
            }

            var request = RequestParser.Parse(document);
            Assert.Equal(
                (given.Image, given.Token is "" ? null : given.Token, RequestParser.V1),
                (request.Image.Text, request.Token?.Reveal(), request.ApiVersion)
            );
            Assert.Equal(
                given.Annotations.OrderBy(pair => pair.Name),
                request.Annotations.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key)
            );
        });

    [Fact]
    public void Anything_behind_or_cut_off_a_request_makes_it_malformed() =>
        Property.Holds(
            from given in Requests
            from cut in Gen.Double[0, 1]
            from more in Gen.OneOf("{}", "x", "1", "\0", "\uFEFF", "]", "null")
            from isCut in Gen.Bool
            select (given, cut, more, isCut),
            one =>
            {
                var document = Print(one.given);
                byte[] spoilt = one.isCut
                    ? document[..(int)(document.Length * one.cut * 0.999)]
                    : [.. document, .. Encoding.UTF8.GetBytes(one.more)];
                if (
                    one.isCut
                    && Encoding.UTF8.GetString(spoilt).TrimEnd().EndsWith('}')
                    && spoilt.Length > document.Length - 3
                )
                {
                    // Only the white space at the end is gone.
                    return;
                }

                var e = Assert.Throws<ProviderException>(() => RequestParser.Parse(spoilt));
                Assert.Equal(Reasons.RequestMalformed, e.Reason);
                Assert.True(
                    one.given.Token is not { Length: > 8 } token
                        || !e.ToString().Contains(token, StringComparison.Ordinal)
                );
            }
        );

    [Fact]
    public void Named_secrets_are_the_valid_names_of_the_annotation() =>
        Property.Holds(Gen.OneOf(Name, Gen.Int[0, 99].Select(number => $"s{number}")).Array[0, 90], names =>
        {
            var value = string.Join(',', names);
            var found = PullSecretsAnnotation.Find(
                new Dictionary<string, string> { [PullSecretsAnnotation.Key] = value }
            )!;
            var valid = value.Split(',').Select(name => name.Trim()).Where(Oracle.IsDnsSubdomain).Distinct().ToList();
            Assert.Equal(valid.Take(32).Order(StringComparer.Ordinal), found.Names);
            Assert.All(found.Notices, notice => Assert.Equal(notice.Message, OneLine.Of(notice.Message)));
        });

    /// <summary>Half a surrogate pair cannot be written as UTF-8.</summary>
    internal static string Wellformed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Print(
        (string Image, string? Token, (string Name, string Value)[] Annotations, int Style) given
    )
    {
        var random = new Random(given.Style);
        List<string> members =
        [
            $"\"kind\":{Blank()}\"CredentialProviderRequest\"",
            $"{Blank()}\"apiVersion\":{Text(RequestParser.V1)}",
            $"{Text("image")}{Blank()}:{Text(given.Image)}",
        ];
        if (given.Token is { } token)
        {
            members.Add($"\"serviceAccountToken\":{Text(token)}");
        }

        if (given.Annotations.Length > 0)
        {
            var annotations = given.Annotations.Select(pair => $"{Text(pair.Name)}:{Text(pair.Value)}");
            members.Add($"\"serviceAccountAnnotations\":{{{string.Join(',', annotations)}}}");
        }

        if (random.Next(3) == 0)
        {
            members.Add("\"later\":{\"image\":[{\"kind\":null},1e5,\"}\"]}");
        }

        var order = members.ToArray();
        random.Shuffle(order);
        return Encoding.UTF8.GetBytes($"{Blank()}{{{string.Join($"{Blank()},", order)}}}{Blank()}");

        string Blank() =>
            random.Next(4) switch
            {
                0 => " ",
                1 => "\r\n\t",
                _ => "",
            };

        string Text(string value) =>
            "\""
            + string.Concat(
                value.Select(c =>
                    c switch
                    {
                        _ when random.Next(5) == 0 && !char.IsSurrogate(c) => $"\\u{(int)c:x4}",
                        '"' or '\\' => "\\" + c,
                        '/' when random.Next(3) == 0 => "\\/",
                        < ' ' => JsonEncodedText.Encode(c.ToString()).ToString(),
                        _ => c.ToString(),
                    }
                )
            )
            + "\"";
    }
}
