// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>The kubelet's own <c>config.json</c>, decoded as Go decodes it.</summary>
public sealed class GlobalAuthFileReaderTests : IDisposable
{
    private const string Entry = """{"username":"u","password":"p"}""";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("", "it is not one JSON document")]
    [InlineData("{} {}", "it is not one JSON document")]
    [InlineData("""{"auths":1}""", "\"auths\" is not a JSON object")]
    [InlineData("""{"credHelpers":[]}""", "its \"credHelpers\" is not a JSON object")]
    [InlineData("""{"credHelpers":{"a":1}}""", "its \"credHelpers\" has a value that is not a string")]
    public void A_malformed_file_is_a_clear_failure(string text, string why)
    {
        var e = Assert.Throws<ProviderException>(() => Read(text));
        Assert.Equal(
            (
                Reasons.GlobalAuthFileUnusable,
                $"the kubelet's auth file \"{At}\" cannot be used: {why}",
                "correct it, or name another with --kubelet-auth-file"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Theory]
    [InlineData("""{"a":"x"}""", "a=x")]
    [InlineData("""{"a":"x","a":"y"}""", "a=y")]
    [InlineData("""{"a":null}""", "a=")]
    [InlineData("null", "")]
    [InlineData("""{"a":"x"},"credHelpers":{"b":"y"}""", "a=x b=y")]
    [InlineData("""{"a":"x"},"credHelpers":null""", "")]
    [InlineData("""null,"credHelpers":{"b":"y"}""", "b=y")]
    public void A_repeated_map_of_helpers_is_added_and_null_empties_it(string helpers, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                Read($$"""{"credHelpers":{{helpers}}}""").CredentialHelpers.Select(pair => $"{pair.Key}={pair.Value}")
            )
        );

    [Theory]
    [InlineData("quay.io/team", "entry \"quay.io/team\"")]
    [InlineData("user:password@quay.io", "an entry")]
    public void A_skipped_entry_is_named_unless_its_key_may_contain_a_password(string key, string named)
    {
        var file = Read($$$"""{"auths":{"{{{key}}}":{"auth":"not base64"},"docker.io":{{{Entry}}}}}""");
        var notice = Assert.Single(file.Notices);
        Assert.Equal(Reasons.EntrySkipped, notice.Reason);
        Assert.StartsWith($"Skipping {named} of \"{At}\": ", notice.Message, StringComparison.Ordinal);
        Assert.Equal(["docker.io"], file.Entries.Keys);
    }

    [Fact]
    public void Other_members_are_kept_as_they_are_written()
    {
        var file = Read("""{"HttpHeaders": {"a": [1, 2]}, "auths":{}, "credsStore":"desktop"}""");
        Assert.Equal(["HttpHeaders", "credsStore"], file.OtherMembers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("""{"a": [1, 2]}""", Encoding.UTF8.GetString(file.OtherMembers["HttpHeaders"]));
    }

    [Fact]
    public void The_file_of_another_root_is_read_there()
    {
        Directory.CreateDirectory(Path.Combine(folder, "root/var"));
        File.WriteAllText(Path.Combine(folder, "root/var/config.json"), """{"credHelpers":{"a":"x"}}""");
        var file = GlobalAuthFileReader.Read("/var/config.json", SmallFileReader.Below(Path.Combine(folder, "root")));
        Assert.Equal(["a"], file.CredentialHelpers.Keys);
    }

    [Fact]
    public void A_missing_file_is_an_empty_one() => Assert.Same(GlobalAuthFile.Empty, GlobalAuthFileReader.Read(At));

    private string At => Path.Combine(folder, "config.json");

    private GlobalAuthFile Read(string text)
    {
        File.WriteAllText(At, text);
        return GlobalAuthFileReader.Read(At);
    }
}
