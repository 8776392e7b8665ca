// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Matching;
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

    private static bool Matches(string pattern, string image)
    {
        var parsed = ImagePattern.Parse(pattern, out var why);
        Assert.Equal("", why);
        return parsed!.Matches(ImagePattern.Parse(image, out _)!);
    }

    private static string JsonText(string value) => $"\"{JsonEncodedText.Encode(value)}\"";

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
