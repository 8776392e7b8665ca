// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Fuzz.Targets;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.TestSupport;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class DockerConfigProperties
{
    private sealed record Login(string Username, string Password, string? IdentityToken);

    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.String[Gen.Char["ab:/+= \"\\äß€"], 0, 9],
        Gen.OneOf("robot$team", "p:a\"ss\u003cw\u003eord", "", "x"),
        Gen.String.Select(RequestProperties.Wellformed)
    );

    /// <summary>
    /// A user name without colon, as the format demands; a password without NUL at its ends, where containers/image
    /// cuts them away.
    /// </summary>
    private static readonly Gen<Login> Logins = Gen.Select(
        Word.Select(word => word.Replace(":", "", StringComparison.Ordinal)),
        Word.Select(word => word.Trim('\0')),
        Gen.Frequency((4, Gen.Const((string?)null)), (1, Word.Select(word => (string?)word))),
        (username, password, identityToken) => new Login(username, password, identityToken)
    );

    private static readonly Gen<(string Key, Login Login)[]> Files = Gen.Select(Gen.OneOf(Names.Location, Word), Logins)
        .Array[0, 4]
        .Select(entries => entries.DistinctBy(entry => entry.Item1).ToArray());

    private static readonly Gen<((string Key, Login Login)[] Entries, int Style)> Printed = Gen.Select(
        Files,
        Gen.Int[0, int.MaxValue]
    );

    [Fact]
    public void Logins_are_read_as_they_were_written_whoever_wrote_them() =>
        Property.Holds(
            Printed,
            given =>
                Assert.Equal(
                    given.Entries.Select(entry => (entry.Key, Expected(entry.Login))),
                    DockerConfigReader
                        .Read(Print(given), _ => true, out _)
                        .Select(entry =>
                            (
                                entry.Key,
                                entry.Credential is { } c
                                    ? new Login(c.Username.Text(), c.Password.Text(), c.IdentityToken?.Reveal())
                                    : null
                            )
                        )
                ),
            given => Encoding.UTF8.GetString(Print(given)),
            rounds: 6000
        );

    /// <summary>As containers/image decodes it: strict padded base64, text in front of the first colon and behind
    /// it.</summary>
    [Fact]
    public void A_login_survives_the_way_into_the_auth_file() => Property.Holds(Logins, login =>
        {
            var entry = new AuthFileEntry(new Credential(Bytes(login.Username), Bytes(login.Password), null));
            var decoded = Encoding.UTF8.GetString(entry.UserAndPassword!).Split(':', 2);
            Assert.Equal((login.Username, login.Password), (decoded[0], decoded[1]));
        });

    /// <summary>The promises of the fuzz target: matched, merged and written.</summary>
    [Fact]
    public void Any_file_of_logins_is_matched_merged_and_written() =>
        Property.Holds(
            Printed,
            given => DockerConfigTarget.Run(Print(given)),
            given => Encoding.UTF8.GetString(Print(given)),
            rounds: 1000
        );

    private static SecretBytes Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static Login? Expected(Login login) =>
        login.Username.Length == 0 && login.Password.Length == 0 && string.IsNullOrEmpty(login.IdentityToken)
            ? null
            : login with
            {
                IdentityToken = string.IsNullOrEmpty(login.IdentityToken) ? null : login.IdentityToken,
            };

    private static byte[] Print(((string Key, Login Login)[] Entries, int Style) given)
    {
        var random = new Random(given.Style);
        JsonObject auths = [];
        foreach (var (key, login) in given.Entries)
        {
            auths[key] = Entry(login);
        }

        JsonObject document = [];
        if (random.Next(3) == 0)
        {
            document["HttpHeaders"] = new JsonObject { ["auths"] = 1 };
        }

        document[Case("auths")] = auths;
        return Encoding.UTF8.GetBytes(
            document.ToJsonString(new JsonSerializerOptions { WriteIndented = random.Next(2) == 0 })
        );

        JsonObject Entry(Login login)
        {
            List<(string Name, string? Value)> members = [("email", "e@x")];
            if (random.Next(2) == 0)
            {
                members.Add((Case("auth"), Base64($"{login.Username}:{login.Password}")));

                // Beside auth, these do not count.
                if (random.Next(2) == 0)
                {
                    members.AddRange([(Case("username"), "other"), (Case("password"), "other")]);
                }
            }
            else
            {
                members.AddRange([(Case("username"), login.Username), (Case("password"), login.Password)]);
                if (random.Next(3) == 0)
                {
                    members.Add((Case("auth"), random.Next(2) == 0 ? "" : null));
                }
            }

            if (login.IdentityToken is { } token)
            {
                members.Add((Case("identitytoken"), token));
            }

            var order = members.ToArray();
            random.Shuffle(order);
            return new JsonObject(
                order.Select(member => KeyValuePair.Create<string, JsonNode?>(member.Name, member.Value))
            );
        }

        string Base64(string text)
        {
            var padded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            return random.Next(4) switch
            {
                0 => padded.TrimEnd('='),
                1 => padded + "\n",
                2 => padded.Insert(padded.Length / 2, "\r\n"),
                _ => padded,
            };
        }

        string Case(string name) =>
            random.Next(4) switch
            {
                0 => name.ToUpperInvariant(),
                1 => char.ToUpperInvariant(name[0]) + name[1..],
                _ => name,
            };
    }
}
