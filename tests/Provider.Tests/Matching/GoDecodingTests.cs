// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Matching;

/// <summary>
/// Docker configs as Go's encoding/json decodes them, in secrets and in the node's own file. The expected values are
/// those that skopeo 1.9 prints for the same file (<c>skopeo login --get-login --authfile</c>).
/// </summary>
public sealed class GoDecodingTests : IDisposable
{
    private readonly string nodesFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(nodesFile);

    [Theory]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"}},"auths":{"n.io":{"auth":"eDp5"}}}""", "m.io=u:p n.io=x:y")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"}},"Auths":{"n.io":{"auth":"eDp5"}}}""", "m.io=u:p n.io=x:y")]
    [InlineData("""{"auths":{"m.io":{"auth":"eDp5"}},"auths":{"m.io":{"auth":"dTpw"}}}""", "m.io=u:p")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"}},"auths":null}""", "")]
    [InlineData("""{"auths":null,"auths":{"m.io":{"auth":"dTpw"}}}""", "m.io=u:p")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"},"m.io":{}}}""", "m.io=")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw"},"m.io":null}}""", "m.io=")]
    [InlineData("""{"auths":{"m.io":{"auth":"eDp5","auth":"dTpw"}}}""", "m.io=u:p")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw","auth":null}}}""", "m.io=u:p")]
    [InlineData("""{"AUTHS":{"m.io":{"AUTH":"dTpw"}}}""", "m.io=u:p")]
    [InlineData("""{"auth\u017F":{"m.io":{"AuTh":"dTpw"}}}""", "m.io=u:p")]
    [InlineData("""{"authſ":{"m.io":{"auth":"dTpw"}}}""", "m.io=u:p")]
    [InlineData("""{"authss":{"m.io":{"auth":"dTpw"}}}""", "")]
    [InlineData("""{"auth":{"m.io":{"auth":"dTpw"}}}""", "")]
    [InlineData("""{"autſ":{"m.io":{"auth":"dTpw"}}}""", "")]
    [InlineData("""{"authxx":{"m.io":{"auth":"dTpw"}}}""", "")]
    [InlineData("""{"auths":{"m.io":{"auth":"dT\npw\r\n"}}}""", "m.io=u:p")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpwYh=="}}}""", "m.io=u:pb")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpwYk=="}}}""", "m.io=u:pb")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpwYWJ="}}}""", "m.io=u:pab")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTp="}}}""", "m.io=u:")]
    [InlineData("""{"auths":{"m\u002eio":{"a\u0075th":"\u0064Tpw"}}}""", "m.io=u:p")]
    [InlineData(
        """{"auths":{"m.io":{"username":"u\ud83d\ude00","password":"p\ud800x"}}}""",
        "m.io=u\U0001F600:p\uFFFDx"
    )]
    [InlineData(
        """{"auths":{"m.io":{"username":"u","password":"\ud800\ud83d\ude00\"\\\/\b\f\n\r\t"}}}""",
        "m.io=u:\uFFFD\U0001F600\"\\/\b\f\n\r\t"
    )]
    [InlineData(
        """{"x":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],"auths":{"m.io":{"auth":"dTpw"}}}""",
        "m.io=u:p"
    )]
    public void Secrets_and_the_nodes_file_are_decoded_alike(string document, string expected)
    {
        Assert.Equal(
            expected.Replace("m.io=", "", StringComparison.Ordinal).Length == 0 ? "" : expected,
            OfSecret(Encoding.UTF8.GetBytes(document))
        );
        Assert.Equal(expected, OfNodesFile(Encoding.UTF8.GetBytes(document)));
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void A_document_is_nested_at_most_as_deep_as_Go_reads(int levels, bool isRead)
    {
        var rest = new string('[', levels - 1) + new string(']', levels - 1);
        var document = "{\"x\":" + rest + ",\"auths\":{\"m.io\":{\"auth\":\"dTpw\"}}}";
        Assert.Equal(isRead ? "m.io=u:p" : "", OfSecret(Encoding.UTF8.GetBytes(document)));
    }

    /// <summary>Bytes, since a .NET string cannot hold them.</summary>
    [Theory]
    [InlineData("7B226175746873223A7B226D2E696F223A7B2261757468223A226454707735484E7A227D7D7D", "m.io=75:70E47373")]
    [InlineData("7B2278FF223A312C226175746873223A7B226D2E696F223A7B2261757468223A2264547077227D7D7D", "m.io=75:70")]
    [InlineData(
        "7B226175746873223A7B2278FF2E696F223A7B2261757468223A2264547077227D2C226D2E696F223A7B2261757468223A2264547077227D7D7D",
        "m.io=75:70"
    )]
    [InlineData(
        "7B226175746873223A7B226D2E696F223A7B22757365726E616D65223A2275222C2270617373776F7264223A2261E28262FF227D7D7D",
        "m.io=75:61EFBFBDEFBFBD62EFBFBD"
    )]
    public void Bad_text_costs_nothing_else(string document, string expected)
    {
        var match = Match(Convert.FromHexString(document));
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                match.Credentials.Select(applied =>
                    $"{applied.Registry}={Convert.ToHexString(applied.Credential.Username.Reveal())}:{Convert.ToHexString(applied.Credential.Password.Reveal())}"
                )
            )
        );
        File.WriteAllBytes(nodesFile, Convert.FromHexString(document));
        var entry = GlobalAuthFileReader.Read(nodesFile).Entries["m.io"];
        Assert.Equal(match.Credentials[0].Credential.Password, entry.Credential!.Password);
    }

    [Fact]
    public void What_is_not_UTF8_in_another_member_of_the_nodes_file_survives_as_it_is()
    {
        File.WriteAllBytes(nodesFile, [.. "{\"auths\":{},\"detachKeys\":\"\xFF"u8, 0xFF, .. "\"}"u8]);
        var json = AuthFileMerger
            .Merge(MatchResult.Empty, GlobalAuthFileReader.Read(nodesFile), MatchingSupport.Sources(MatchingCases.Hub))
            .ToJson();
        Assert.True(json.AsSpan().IndexOf((byte)0xFF) > 0);
    }

    [Theory]
    [InlineData("""{"auths":{"m.io":{"auth":" dTpw"}}}""", "its \"auth\" is not base64")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw\t"}}}""", "its \"auth\" is not base64")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpwY"}}}""", "its \"auth\" is not base64")]
    [InlineData("""{"auths":{"m.io":{"auth":"dTpw="}}}""", "its \"auth\" is not base64")]
    [InlineData("""{"auths":{"m.io":{"auth":"dT="}}}""", "its \"auth\" is not base64")]
    [InlineData("""{"auths":{"m.io":{"auth":"="}}}""", "its \"auth\" is not base64")]
    [InlineData("""{"auths":{"m.io":{"auth":"\n"}}}""", "its \"auth\" is not base64 of user:password")]
    [InlineData("""{"auths":{"m.io":{"username":"a:b","password":"p"}}}""", "its user name has a colon")]
    [InlineData("""{"auths":{"m.io":{"username":"","password":""}}}""", "its user name and password are empty")]
    public void An_entry_that_Go_could_not_use_is_named(string document, string why) =>
        Assert.Equal(
            new Notice(Reasons.EntrySkipped, $"Skipping entry \"m.io\" of secret \"s\": {why}"),
            Assert.Single(Match(Encoding.UTF8.GetBytes(document)).Notices)
        );

    [Theory]
    [InlineData(Credential.MaximumSize, false)]
    [InlineData(Credential.MaximumSize + 1, true)]
    public void A_credential_of_more_than_64_KiB_is_a_line_and_skipped(int size, bool isSkipped)
    {
        foreach (var (username, password, token) in new[] { (size, 0, 0), (0, size, 0), (1, 1, size - 2) })
        {
            var entry = new JsonObject
            {
                ["username"] = new string('u', username),
                ["password"] = new string('p', password),
                ["identitytoken"] = new string('t', token),
            };
            var match = Match(
                Encoding.UTF8.GetBytes(
                    new JsonObject { ["auths"] = new JsonObject { ["m.io"] = entry } }.ToJsonString()
                )
            );
            Assert.Equal(isSkipped ? 0 : 1, match.Credentials.Count);
            Assert.Equal(
                isSkipped ? ["Skipping entry \"m.io\" of secret \"s\": its credential is larger than 65536 bytes"] : [],
                match.Notices.Select(notice => notice.Message)
            );
        }
    }

    [Theory]
    [InlineData("user:pass\n", "the password ends in a line break (echo without -n?)")]
    [InlineData("user:pass\r\n", "the password ends in a line break (echo without -n?)")]
    [InlineData("user:pass ", "the password ends in a blank")]
    [InlineData("user: pass", "the password starts with white space")]
    [InlineData("user\n:pass", "the user name ends in a line break (echo without -n?)")]
    [InlineData(" user:pass", "the user name starts with white space")]
    [InlineData("us er:pa ss", null)]
    public void White_space_at_an_end_of_a_credential_is_kept_and_named(string login, string? slip)
    {
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(login));
        var document = Encoding.UTF8.GetBytes(
            "{\"auths\":{\"m.io\":{\"auth\":\"" + auth + "\"},\"other.io\":{\"auth\":\"" + auth + "\"}}}"
        );
        Assert.Equal($"m.io={login}", OfSecret(document));
        Assert.Equal(
            slip is null ? [] : [$"Entry \"m.io\" of secret \"s\" is used as it is, but {slip}"],
            Match(document).Notices.Select(notice => notice.Message)
        );
    }

    [Theory]
    [InlineData("{}", "it has no member \"auths\"; the document is empty")]
    [InlineData(
        """{"https://m.io":{},"a b":{}}""",
        "it has no member \"auths\"; its members are \"https://m.io\" and others, which is the form of a .dockercfg"
    )]
    [InlineData("""{"user:pw@m.io":{}}""", "it has no member \"auths\"")]
    [InlineData(
        """{"a":1,"b":1,"c":1,"d":1,"e":1}""",
        "it has no member \"auths\"; its members are \"a\", \"b\", \"c\", \"d\", \"e\""
    )]
    [InlineData(
        """{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}""",
        "it has no member \"auths\"; its members are \"a\", \"b\", \"c\", \"d\", \"e\" and others"
    )]
    [InlineData(
        """{"auth":"dTpw","username":"u"}""",
        "it has no member \"auths\"; its members are \"auth\", \"username\""
    )]
    public void A_document_without_auths_is_named_with_its_members(string document, string why) =>
        Assert.Equal(
            new Notice(Reasons.SecretSkipped, $"Skipping secret \"s\": {why}"),
            Assert.Single(Match(Encoding.UTF8.GetBytes(document)).Notices)
        );

    [Theory]
    [InlineData("", "its key is empty")]
    [InlineData("m.io\r\n", "its key \"m.io\\r\\n\" ends in a line break (echo without -n?)")]
    [InlineData("m.io\nx", "its key \"m.io\\nx\" has a line break in it")]
    [InlineData("\tm.io", "its key \"\\tm.io\" starts with a blank")]
    [InlineData("m.io ", "its key \"m.io \" ends in a blank")]
    [InlineData("m.io /x", "its key \"m.io /x\" has a blank in it")]
    [InlineData("https://${HOST}/v1/", "its key \"https://${HOST}/v1/\" has a variable in it that nothing replaced")]
    [InlineData("$HOST", "its key \"$HOST\" has a variable in it that nothing replaced")]
    [InlineData("{{ .host }}", "its key \"{{ .host }}\" has a blank in it")]
    [InlineData("\"m.io\"", "its key \"\\\"m.io\\\"\" has quotes in it")]
    [InlineData("m.io\u200B", "its key \"m.io\\u{200B}\" has a character in it that cannot be seen")]
    [InlineData("m.io~x", "its key \"m.io~x\" names no registry")]
    [InlineData("user:planted@m.io\n", "its key names no registry")]
    [InlineData("dTpwbGFudGVkcGFzcw==", "its key names no registry")]
    [InlineData("dTpwbGFudGVkcGFzc3c=\n", "its key names no registry")]
    [InlineData("m.io/x?planted", "its key names no registry")]
    [InlineData("m.io/x#planted\n", "its key names no registry")]
    public void A_key_that_names_no_registry_is_shown_with_the_cause(string key, string why)
    {
        var document = new JsonObject { ["auths"] = new JsonObject { [key] = new JsonObject { ["auth"] = "dTpw" } } };
        Assert.Equal(
            $"Skipping an entry of secret \"s\": {why}",
            Assert.Single(Match(Encoding.UTF8.GetBytes(document.ToJsonString())).Notices).Message
        );
    }

    private static MatchResult Match(byte[] document)
    {
        var matcher = new CredentialMatcher(
            MatchingSupport.Sources("mirror:m.io=m.io/x registry:n.io/x"),
            keepMisses: false
        );
        matcher.Add(new PullSecret("s", document));
        return matcher.Complete();
    }

    private static string OfSecret(byte[] document) =>
        string.Join(
            ' ',
            Match(document)
                .Credentials.Select(applied =>
                    $"{applied.Registry}={applied.Credential.Username.Text()}:{applied.Credential.Password.Text()}"
                )
        );

    private string OfNodesFile(byte[] document)
    {
        File.WriteAllBytes(nodesFile, document);
        return string.Join(
            ' ',
            GlobalAuthFileReader
                .Read(nodesFile)
                .Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry =>
                    entry.Value.Credential is { } found
                        ? $"{entry.Key}={found.Username.Text()}:{found.Password.Text()}"
                        : $"{entry.Key}="
                )
        );
    }
}
