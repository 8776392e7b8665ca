// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Tests.Explain;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.KubeletConfig;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>What <c>docs/how-to/recipes.md</c> says about patterns and templates holds for this program.</summary>
public sealed class RecipesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/how-to/recipes.md"));

    [Theory]
    [InlineData("docker.io/library/nginx", true)]
    [InlineData("registry.example.com/team/app", true)]
    [InlineData("10.0.0.1/team/app", true)]
    [InlineData("a.b.c.example.com/app", true)]
    [InlineData("a.b.c.d.example.com/app", false)]
    [InlineData("registry.example.com:5000/app", false)]
    [InlineData("localhost/app", false)]
    public void The_catch_all_patterns_match_hosts_of_two_to_five_labels_without_a_port(string image, bool matches)
    {
        var patterns = (YamlSequenceNode)Yaml("matchImages:")["matchImages"];
        Assert.Equal(matches, patterns.Any(pattern => Matches(Text(pattern), image)));
    }

    [Theory]
    [InlineData("*.*:5000", "example.com:5000/app", true)]
    [InlineData("*.*.*:5000", "registry.example.com:5000/app", true)]
    [InlineData("*.*.*:5000", "registry.example.com:5001/app", false)]
    [InlineData("*", "localhost/app", true)]
    [InlineData("*", "docker.io/library/nginx", false)]
    [InlineData("*.*/*", "docker.io/library/nginx", false)]
    public void The_limits_of_patterns_are_as_the_page_says(string pattern, string image, bool matches)
    {
        Assert.Contains($"`\"{pattern}\"`", Page, StringComparison.Ordinal);
        Assert.Equal(matches, Matches(pattern, image));
    }

    [Theory]
    [InlineData("team-a", "plain")]
    [InlineData("domain\\user", "quotes \" and back-slashes \\, braces }} and { }")]
    [InlineData("ünïcode", "<html> & 'more'")]
    public void The_external_secrets_template_keeps_any_user_and_password(string user, string password)
    {
        var secret = Yaml("kind: ExternalSecret")["spec"]["target"]["template"];
        Assert.Equal("kubernetes.io/dockerconfigjson", Text(secret["type"]));
        var config = Text(secret["data"][".dockerconfigjson"])
            .Replace("{{ .username | toJson }}", JsonText(user), StringComparison.Ordinal)
            .Replace("{{ .password | toJson }}", JsonText(password), StringComparison.Ordinal);
        var entry = Assert.Single(DockerConfigReader.Read(Encoding.UTF8.GetBytes(config), _ => true, out var problem));
        Assert.Null(problem);
        Assert.Equal("mirror.example.com:5000", entry.Key);
        Assert.Equal((user, password), (entry.Credential!.Username.Text(), entry.Credential.Password.Text()));
    }

    /// <summary>CRI-O asks the node's helper for the mirror, unless the namespace has a secret for its host.</summary>
    [Fact]
    public void The_helper_of_a_pull_through_cache_is_asked_and_a_secret_wins()
    {
        using var node = new ExplainWorld();
        node.Write(ExplainWorld.Conf, Block("toml", "location = \"docker.io\""));
        node.Write(ExplainWorld.NodeFile, Block("json", "\"credHelpers\""));
        const string Host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
        node.Write("/root/other.yaml", ExplainWorld.Manifest("team-a", "other=ghcr.io"));
        var run = node.Run("docker.io/library/nginx --secrets other.yaml");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            $"\n     asks the credential helper of \"{Host}\", from the node's {ExplainWorld.NodeFile}\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.Contains($"\n  helper of {Host}  from the node\n", run.Stdout, StringComparison.Ordinal);

        node.Write("/root/own.yaml", ExplainWorld.Manifest("team-a", $"own={Host}"));
        run = node.Run("docker.io/library/nginx --secrets own.yaml");
        Assert.Contains($"\n     key \"{Host}\" of secret \"own\": ", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($"\n  helper of \"{Host}\" is left out: ", run.Stdout, StringComparison.Ordinal);
    }

    private static bool Matches(string pattern, string image)
    {
        var parsed = ImagePattern.Parse(pattern, out var why);
        Assert.Equal("", why);
        return parsed!.Matches(ImagePattern.Parse(image, out _)!);
    }

    private static string JsonText(string value) => $"\"{JsonEncodedText.Encode(value)}\"";

    /// <summary>The first block of a kind that has this text in one of its lines.</summary>
    private static string Block(string kind, string text) =>
        Page.Split($"```{kind}\n")
            .Skip(1)
            .Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])
            .First(block => block.Split('\n').Any(line => line.Contains(text, StringComparison.Ordinal)));

    /// <summary>The one block of YAML that contains this line.</summary>
    private static YamlNode Yaml(string line)
    {
        var block = Assert.Single(
            Page.Split("```yaml\n").Skip(1).Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)]),
            text => text.Split('\n').Contains(line)
        );
        var stream = new YamlStream();
        stream.Load(new StringReader(block));
        return Assert.Single(stream.Documents).RootNode;
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
