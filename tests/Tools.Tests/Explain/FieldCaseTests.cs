// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Tests.Doctor;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Explain;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>Situations from public reports (tests/field-cases): the auth file that is right, and what explain
/// says.</summary>
public sealed class FieldCaseTests : IDisposable
{
    private readonly ExplainWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("W1-repeated-auths-member", "secrets.yaml", false, "a.test=ua:pa b.test=ub:pb docker.io=h:p")]
    [InlineData("W1-repeated-auths-member", "own", true, "a.test=ua:pa b.test=ub:pb docker.io=h:p")]
    [InlineData("W2-password-not-utf8", "secrets.yaml", false, "m.test=u:p\u00E4ss")]
    [InlineData("U1-document-without-auths", "secrets.yaml", false, "")]
    [InlineData("U1-document-without-auths", "secrets-double.yaml", false, "")]
    [InlineData("U2-blank-or-newline-in-key", "secrets.yaml", false, "")]
    [InlineData("U3-password-ends-in-newline", "secrets.yaml", false, "m.test=user:pass\n")]
    [InlineData("U6-credsstore-secret", "secrets.yaml", false, "")]
    public void The_auth_file_has_the_credentials_that_kubelet_and_CRI_O_would_use(
        string name,
        string secrets,
        bool hasNodesFile,
        string expected
    )
    {
        var image = RequestParser.Parse(File.ReadAllBytes(In(name, "request.json"))).Image;
        var paths = new RegistriesConfPaths(In(name, "registries.conf"), "/nonexistent", "/nonexistent");
        var sources = PullSourceResolver.Resolve(RegistriesConfLoader.Load(paths), image);
        var matcher = new CredentialMatcher(sources, keepMisses: true);
        foreach (var secret in Secrets(name, secrets))
        {
            matcher.Add(secret);
        }

        var global = hasNodesFile ? GlobalAuthFileReader.Read(In(name, "global.json")) : GlobalAuthFile.Empty;
        var json = JsonNode.Parse(AuthFileMerger.Merge(matcher.Complete(), global, sources).ToJson())!;

        // Latin-1 has one character for each byte.
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                json["auths"]!
                    .AsObject()
                    .Select(entry =>
                        $"{entry.Key}={Encoding.Latin1.GetString(Convert.FromBase64String((string)entry.Value!["auth"]!))}"
                    )
            )
        );
    }

    /// <summary>Folder, secrets, registries.conf, and what is said about them.</summary>
    public static TheoryData<string, string, string, string> Useless =>
        new()
        {
            {
                "U1-document-without-auths",
                "secrets.yaml",
                "registries.conf",
                "Skipping secret \"unwrapped\": it has no member \"auths\"; its members are \"https://m.test\", "
                    + "which is the "
                    + "form of a .dockercfg [CP501]"
            },
            {
                "U1-document-without-auths",
                "secrets-double.yaml",
                "registries.conf",
                "Skipping an entry of secret \"double\": \"auths\" is nested in \"auths\": remove one level [CP502]"
            },
            {
                "U2-blank-or-newline-in-key",
                "secrets.yaml",
                "registries.conf",
                "Skipping an entry of secret \"blank\": its key \"m.test\\n\" ends in a line break (echo "
                    + "without -n?) [CP502]"
            },
            {
                "U2-blank-or-newline-in-key",
                "secrets.yaml",
                "registries.conf",
                "Skipping an entry of secret \"blank\": its key \" m.test\" starts with a blank [CP502]"
            },
            {
                "U2-blank-or-newline-in-key",
                "secrets.yaml",
                "registries.conf",
                "Skipping an entry of secret \"blank\": its key \"${REGISTRY}\" has a variable in it that "
                    + "nothing replaced "
                    + "[CP502]"
            },
            {
                "U3-password-ends-in-newline",
                "secrets.yaml",
                "registries.conf",
                "Entry \"m.test\" of secret \"echo\" is used as it is, but the password ends in a line break "
                    + "(echo without "
                    + "-n?) [CP505]"
            },
            {
                "U4-unknown-key-in-registries-conf",
                "secrets.yaml",
                "registries.conf",
                "/etc/containers/registries.conf:4: CRI-O ignores \"mirrors\", which is not a key of "
                    + "[[registry]]; did you "
                    + "mean [[registry.mirror]]? [CP305]"
            },
            {
                "U4-unknown-key-in-registries-conf",
                "secrets.yaml",
                "registries-2.conf",
                "/etc/containers/registries.conf:4: CRI-O ignores \"mirrors\", which is not a key of "
                    + "[[registry]]; did you "
                    + "mean [[registry.mirror]]? [CP305]"
            },
            {
                "U4-unknown-key-in-registries-conf",
                "secrets.yaml",
                "registries-3.conf",
                "/etc/containers/registries.conf:6: CRI-O ignores \"unqualified-search-registries\", which is "
                    + "not a key of "
                    + "[[registry.mirror]]: write it before the first table header [CP305]"
            },
            {
                "U6-credsstore-secret",
                "secrets.yaml",
                "registries.conf",
                "Skipping entry \"m.test\" of secret \"desktop\": it has no credential, because the document has a "
                    + "\"credsStore\": the password is in the key store of the machine that wrote it; create "
                    + "the secret with "
                    + "\"kubectl create secret docker-registry\" [CP502]"
            },
        };

    [Theory]
    [MemberData(nameof(Useless))]
    public void Explain_names_what_is_useless_and_why(string name, string secrets, string conf, string warning)
    {
        world.Write(ExplainWorld.Conf, File.ReadAllText(In(name, conf)));
        world.Write("secrets.yaml", File.ReadAllText(In(name, secrets)));
        var image = RequestParser.Parse(File.ReadAllBytes(In(name, "request.json"))).Image;
        Assert.Contains(
            $"  {warning}\n",
            world.Run($"{image} --secrets secrets.yaml --namespace team-a").Stdout,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Useless))]
    public async Task Doctor_names_the_same(string name, string secrets, string conf, string warning)
    {
        using var node = new NodeTree();
        node.Write(NodeTree.RegistriesConf, File.ReadAllText(In(name, conf)));
        var isOfSecrets = !warning.EndsWith("[CP305]", StringComparison.Ordinal);
        var answer = isOfSecrets
            ? await node.CheckAsync("CP012", "--secrets", In(name, secrets), "--namespace", "team-a")
            : await node.CheckAsync("CP007");
        Assert.Equal("warn", answer.Outcome);
        Assert.Contains(
            warning[..warning.LastIndexOf(" [", StringComparison.Ordinal)],
            answer.Seen.Append(answer.Summary).Select(line => Regex.Replace(line, @" \(and \d+ more\)$", ""))
        );
    }

    private static IReadOnlyList<Secrets.PullSecret> Secrets(string name, string file)
    {
        var manifests = new SecretManifests();
        var path = In(name, file == "own" ? "secrets.yaml" : file);
        manifests.Add(path, File.ReadAllText(path));
        return [.. manifests.OfNamespace("team-a", []).Where(secret => file != "own" || secret.Name == "own")];
    }

    private static string In(string name, string file) =>
        Path.Combine(Repository.Root, "tests/field-cases", name, file);
}
