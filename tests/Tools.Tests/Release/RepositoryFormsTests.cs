// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>What people meet on GitHub: the forms for issues, and who is asked to review.</summary>
public sealed class RepositoryFormsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github");

    [Theory]
    [InlineData("bug.yml")]
    [InlineData("proposal.yml")]
    public void A_form_has_what_GitHub_needs_and_each_field_an_id_of_its_own(string file)
    {
        var form = Read(file);
        Assert.All((string[])["name", "description"], member => Assert.NotEqual("", Text(form, member)));
        var fields = Fields(form).ToArray();
        Assert.NotEmpty(fields);
        Assert.Equal(fields.Length, fields.Select(field => Text(field, "id")).Distinct().Count());
        Assert.All(fields, field => Assert.Contains(Text(field, "type"), (string[])["textarea", "input", "dropdown"]));
        Assert.All(fields, field => Assert.NotEqual("", Text((YamlMappingNode)field["attributes"], "label")));
    }

    /// <summary>Both have no secrets in them, and answer the first questions.</summary>
    [Theory]
    [InlineData("version", "crio-credential-provider --version-json")]
    [InlineData("doctor", "crio-credential-provider doctor --output json")]
    public void A_report_of_a_fault_must_have_what_the_program_says_of_itself_and_of_the_node(string id, string command)
    {
        var field = Fields(Read("bug.yml")).Single(field => Text(field, "id") == id);
        Assert.Contains(command, Text((YamlMappingNode)field["attributes"], "description"), StringComparison.Ordinal);
        Assert.Equal("true", Text((YamlMappingNode)field["validations"], "required"));
    }

    [Fact]
    public void Each_path_that_has_owners_exists()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "CODEOWNERS")).Where(line => line is not ("" or ['#', ..]));
        Assert.All(lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), words =>
        {
            Assert.True(words[0] == "*" || Path.Exists(Repository.Root + words[0]), words[0]);
            Assert.All(words[1..], owner => Assert.StartsWith("@", owner, StringComparison.Ordinal));
        });
    }

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(Folder, "ISSUE_TEMPLATE", file))));
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<YamlMappingNode> Fields(YamlMappingNode form) =>
        ((YamlSequenceNode)form["body"]).Cast<YamlMappingNode>().Where(field => Text(field, "type") != "markdown");

    private static string Text(YamlMappingNode node, string member) => ((YamlScalarNode)node[member]).Value ?? "";
}
