// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.TestSupport;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>What a real API server answered, by the program's decoders and by the stand-in's table of field
/// numbers.</summary>
public sealed class CapturedAnswersTests
{
    [Theory]
    [InlineData("list-200.pb.http", "hub mirror", "")]
    [InlineData("list-200-both-accepted.http", "hub mirror", "")]
    [InlineData("list-empty-200.pb.http", "", "")]
    [InlineData(
        "list-page1-200.pb.http",
        "hub",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NjIzOCwic3RhcnQiOiIvaHViXHUwMDAwIn0"
    )]
    [InlineData("list-page2-200.pb.http", "mirror", "")]
    public void A_list_has_its_secrets_and_its_continue_token(string file, string names, string next)
    {
        List<string> found = [];
        List<Notice> notices = [];
        var secrets = new SecretDecoder("team-a", (in secret) => found.Add(secret.Name), notices);
        KubernetesEnvelope.Read(Body(file), long.MaxValue, "SecretList", secrets.ReadList);
        Assert.Equal((names, next), (string.Join(' ', found), secrets.Continue));
        Assert.Empty(notices);
    }

    [Theory]
    [InlineData("get-200.pb.http")]
    [InlineData("get-200-named-only.pb.http")]
    public void A_secret_has_its_document(string file)
    {
        var document = "";
        var secrets = new SecretDecoder(
            "team-a",
            (in secret) => document = Encoding.UTF8.GetString(secret.DockerConfigJson!.Value.Span),
            []
        );
        KubernetesEnvelope.Read(Body(file), long.MaxValue, "Secret", secrets.ReadSecret);
        Assert.StartsWith(
            "{\"auths\":{\"https://index.docker.io/v1/\":{\"username\":\"hubuser\",",
            document,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_service_account_has_its_imagePullSecrets()
    {
        var account = new ServiceAccountDecoder();
        KubernetesEnvelope.Read(Body("serviceaccount-200.pb.http"), long.MaxValue, "ServiceAccount", account.Read);
        Assert.Equal(["hub", "absent"], account.ImagePullSecrets);
    }

    [Theory]
    [InlineData("get-404.pb.http", "secrets \"nope\" not found")]
    [InlineData(
        "get-403-absent-name.pb.http",
        "secrets \"absent\" is forbidden: User \"system:serviceaccount:team-a:puller\" cannot get resource \"secrets\" "
            + "in API group \"\" in the namespace \"team-a\""
    )]
    [InlineData(
        "list-403.pb.http",
        "secrets is forbidden: User \"system:serviceaccount:team-b:default\" cannot list resource \"secrets\" in API "
            + "group \"\" in the namespace \"team-a\""
    )]
    [InlineData(
        "list-403-anonymous.pb.http",
        "secrets is forbidden: User \"system:anonymous\" cannot list resource \"secrets\" in API group \"\" in the "
            + "namespace \"team-a\""
    )]
    [InlineData(
        "list-403-named-only.pb.http",
        "secrets is forbidden: User \"system:serviceaccount:team-a:puller\" cannot list resource \"secrets\" in API "
            + "group \"\" in the namespace \"team-a\""
    )]
    [InlineData("list-401-wrong-audience.pb.http", "Unauthorized")]
    [InlineData(
        "list-400-bad-continue.pb.http",
        "invalid continue token: continue key is not valid: invalid character '\\u009e' looking for beginning of value"
    )]
    [InlineData(
        "serviceaccount-403.pb.http",
        "serviceaccounts \"default\" is forbidden: User \"system:serviceaccount:team-a:default\" cannot get resource "
            + "\"serviceaccounts\" in API group \"\" in the namespace \"team-a\""
    )]
    public void A_status_has_its_message(string file, string message) =>
        Assert.Equal(message, StatusDecoder.ReadMessage(Body(file)));

    [Theory]
    [InlineData("Secret", "it has kind \"SecretList\" of \"v1\" instead of \"Secret\" of \"v1\"")]
    [InlineData("ServiceAccount", "it has kind \"SecretList\" of \"v1\" instead of \"ServiceAccount\" of \"v1\"")]
    public void Another_kind_is_refused(string kind, string problem) =>
        Assert.Equal(
            problem,
            Assert
                .Throws<ProtobufException>(() =>
                    KubernetesEnvelope.Read(Body("list-200.pb.http"), long.MaxValue, kind, _ => { })
                )
                .Message
        );

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Path.Combine(Folder), "*")
                .Select(path => Path.GetFileName(path))
                .Where(name => name != "serviceaccount-200.http"),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_stand_in_writes_the_same_bytes(string file)
    {
        var body = Body(file).ToArray();
        Assert.Equal(
            Convert.ToHexString(body),
            Convert.ToHexString(KubernetesProtobuf.Encode(KubernetesProtobuf.Decode(body)))
        );
    }

    [Fact]
    public void The_stand_in_has_the_names_of_the_fields_from_JSON()
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(Body("serviceaccount-200.http"))!.AsObject();
        Assert.Equal(
            Convert.ToHexString(Body("serviceaccount-200.pb.http").ToArray()),
            Convert.ToHexString(KubernetesProtobuf.Encode(json))
        );
    }

    private static string Folder => Path.Combine(Repository.Root, "tests", "captures", "api-protobuf");

    private static MemoryStream Body(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, file));
        return new MemoryStream(bytes[(bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..]);
    }
}
