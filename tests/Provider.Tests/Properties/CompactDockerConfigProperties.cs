// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

/// <summary>A document that is passed over at a glance is one that reading it in full finds nothing in.</summary>
public sealed class CompactDockerConfigProperties
{
    private static readonly PullSources Places = MatchingSupport.Sources(
        "mirror:m.io=m.io/library/nginx mirror:localhost:5000=localhost:5000/library/nginx "
            + "registry:docker.io/library/nginx"
    );

    private static readonly Gen<string> Text = Gen.OneOf("", "robot", "cm9ib3Q6eA==", "ä", "a b");

    private static readonly Gen<string> Field = Gen.Select(
        Gen.OneOf("username", "password", "auth", "email", "Auth", "identitytoken"),
        Text,
        (name, text) => $"\"{name}\":\"{text}\""
    );

    private static readonly Gen<string> Entry = Gen.Select(
        Gen.Frequency(
            (3, Names.Location),
            (1, Gen.OneOf("auths", "a b", "https://r.io/v1/", "*.io", "u@r.io", "r.io#", "."))
        ),
        Field.Array[0, 4],
        (key, fields) => $"\"{key}\":{{{string.Join(',', fields)}}}"
    );

    /// <summary>What tools write, and the same with one byte that is wrong or in the way.</summary>
    private static readonly Gen<byte[]> Documents = Gen.Select(
        Entry.Array[0, 3].Select(entries => $"{{\"auths\":{{{string.Join(',', entries)}}}}}"),
        Gen.Frequency((2, Gen.Const(-1)), (3, Gen.Int[0, 200])),
        Gen.OneOf("", "\"", "\\", "{", "}", "[", ":", ",", " ", "\t", "\0", "null", "1", "\u007f", "é"),
        (document, place, inserted) =>
            Encoding.UTF8.GetBytes(
                place < 0 || place > document.Length ? document
                : inserted.Length == 0 && place < document.Length ? document.Remove(place, 1)
                : document.Insert(place, inserted)
            )
    );

    [Fact]
    public void A_document_that_is_skipped_has_nothing_in_it() =>
        Property.Holds(
            Documents,
            document => Assert.Equal(Match(document, keepMisses: true), Match(document, keepMisses: false)),
            Encoding.UTF8.GetString,
            rounds: 20_000
        );

    [Fact]
    public void A_good_part_of_them_is_skipped() => Assert.InRange(Property.Share(Documents, IsForOthers), 0.05, 0.5);

    private static bool IsForOthers(byte[] document) =>
        CompactDockerConfig.IsForOthers(
            document,
            new SourceHosts(Places.Sources.Select(place => place.Reference.Host))
        );

    /// <summary>Credentials and notices; with <paramref name="keepMisses"/>, nothing is passed over.</summary>
    private static string Match(byte[] document, bool keepMisses)
    {
        var matcher = new CredentialMatcher(Places, keepMisses);
        matcher.Add(new PullSecret("s", document));
        var match = matcher.Complete();
        return string.Join(
            '\n',
            match
                .Credentials.Select(one =>
                    $"{one.Registry} {one.Credential.Username.Text()} {one.Credential.Password.Text()}"
                )
                .Concat(match.Notices.Select(notice => notice.Message))
        );
    }
}
