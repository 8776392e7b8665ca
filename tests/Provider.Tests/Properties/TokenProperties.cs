// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Fuzz.Targets;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class TokenProperties
{
    /// <summary>Of <c>{"alg":"RS256","kid":"n"}</c>.</summary>
    private const string Header = "eyJhbGciOiJSUzI1NiIsImtpZCI6Im4ifQ";

    private static readonly Gen<string> Namespace = Gen.OneOf(
        Gen.String[Gen.Char["ab0-"], 1, 8],
        Gen.String[Gen.Char["aB0-./_ \n\0ä"], 0, 8],
        Gen.Int[55, 70].Select(length => new string('a', length)),
        Gen.OneOf("..", "../x", "a/../../b", "-", "a-", "kube-system", "a\u2028b", "ａ", "a.", "\u0661"),
        Gen.String.Select(RequestProperties.Wellformed)
    );

    private static readonly Gen<(string Namespace, string? Account, string? Pod, string[] Audiences)> Claims =
        Gen.Select(
            Namespace,
            Gen.Null(Gen.OneOf(Namespace, Gen.OneOf("default", "web-0.a", "a..b", "a$(x)"))),
            Gen.Null(Gen.OneOf(Namespace, Gen.OneOf("default", "web-0.a", "a..b", "a\nb"))),
            Gen.String.Select(RequestProperties.Wellformed).Array[0, 3]
        );

    [Fact]
    public void The_claims_are_read_and_only_a_DNS_label_is_a_namespace() => Property.Holds(Claims, claims =>
        {
            var token = Token(claims);
            if (claims.Namespace.Length == 0 || !Oracle.IsDnsLabel(claims.Namespace))
            {
                var e = Assert.Throws<ProviderException>(() => TokenParser.Parse(new Secret(token)));
                Assert.Equal(
                    claims.Namespace.Length == 0 ? Reasons.TokenMalformed : Reasons.NamespaceUnusable,
                    e.Reason
                );
                Oracle.IsLine(e.Problem, "the problem");
                return;
            }

            var identity = TokenParser.Parse(new Secret(token));
            Assert.Equal(
                (claims.Namespace, NameOrNone(claims.Account), NameOrNone(claims.Pod)),
                (identity.Namespace, identity.ServiceAccount, identity.Pod)
            );
            Assert.Equal(claims.Audiences.Select(OneLine.Of), identity.Audiences);
        });

    [Fact]
    public void A_token_that_is_changed_anywhere_is_refused_or_still_fit_for_a_header() =>
        Property.Holds(
            from claims in Claims
            from at in Gen.Double[0, 1]
            from piece in Gen.OneOf("", ".", "=", "\r\n", " ", "+", "/", "A", "ä", "\0", "%0a")
            select (Token(claims with { Namespace = "team-a" }), at, piece),
            one =>
            {
                var place = (int)(one.Item1.Length * one.at);
                var changed = one.Item1[..place] + one.piece + one.Item1[Math.Min(one.Item1.Length, place + 1)..];
                try
                {
                    Assert.True(Oracle.IsDnsLabel(TokenParser.Parse(new Secret(changed)).Namespace));
                    Assert.Matches(@"\A[A-Za-z0-9_.-]+\z", changed);
                }
                catch (ProviderException e)
                {
                    Assert.Contains(e.Reason, (Reason[])[Reasons.TokenMalformed, Reasons.NamespaceUnusable]);
                    Assert.DoesNotContain(one.Item1[..20], e.ToString(), StringComparison.Ordinal);
                }
            }
        );

    private static readonly Gen<string> Part = Gen.OneOf(Namespace, Names.Repository, Gen.String);

    [Fact]
    public void An_auth_file_never_leaves_its_directory() => Property.Holds(Gen.Select(Part, Part), pair =>
        {
            try
            {
                var path = Path.GetFullPath(
                    Path.Combine("/etc/crio/auth", AuthFileName.For(pair.Item1, RepositoryName.OfLocation(pair.Item2)))
                );
                Assert.Equal("/etc/crio/auth", Path.GetDirectoryName(path));
                Assert.Matches(@"\A[a-z0-9][a-z0-9-]*-[0-9a-f]{64}\.json\z", Path.GetFileName(path));
                Assert.True(Oracle.IsDnsLabel(pair.Item1));
            }
            catch (ProviderException e)
            {
                Assert.Equal(Reasons.NamespaceUnusable, e.Reason);
                Assert.False(Oracle.IsDnsLabel(pair.Item1));
            }
        });

    [Fact]
    public void Different_pulls_have_different_files() =>
        Property.Holds(
            Gen.Select(
                    Gen.String[Gen.Char["a0-"], 1, 4],
                    Names.Repository,
                    Gen.String[Gen.Char["a0-"], 1, 4],
                    Names.Repository
                )
                .Where(four => Oracle.IsDnsLabel(four.Item1) && Oracle.IsDnsLabel(four.Item3)),
            four =>
                Assert.Equal(
                    (four.Item1, four.Item2) == (four.Item3, four.Item4),
                    AuthFileName.For(four.Item1, RepositoryName.OfLocation(four.Item2))
                        == AuthFileName.For(four.Item3, RepositoryName.OfLocation(four.Item4))
                )
        );

    /// <summary>A name that Kubernetes would not give is none: it could stand in a command that somebody
    /// copies.</summary>
    private static string? NameOrNone(string? text) => text is not null && Oracle.IsDnsSubdomain(text) ? text : null;

    private static string Token((string Namespace, string? Account, string? Pod, string[] Audiences) claims)
    {
        JsonObject kubernetes = new()
        {
            ["node"] = new JsonObject { ["name"] = "n" },
            ["namespace"] = claims.Namespace,
        };
        if (claims.Account is { } account)
        {
            kubernetes["serviceaccount"] = new JsonObject { ["name"] = account, ["uid"] = "u" };
        }

        if (claims.Pod is { } pod)
        {
            kubernetes["pod"] = new JsonObject { ["uid"] = "u", ["name"] = pod };
        }

        // Not by way of Requests: the suite would look for each of thousands of tokens in everything that was said.
        var payload = new JsonObject
        {
            ["exp"] = 1,
            ["aud"] = new JsonArray([.. claims.Audiences.Select(audience => (JsonNode)audience)]),
            ["kubernetes.io"] = kubernetes,
        };
        return $"{Header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.ToJsonString()))}.c2ln";
    }
}
