// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Yaml;

public sealed class YamlTreeTests
{
    [Theory]
    [InlineData("a: 1\nb: [x, 'y']\n", "{a:1@1,1 b:[x 'y']@2,1}")]
    [InlineData("{\"a\": {\"b\": [1, \"2\\/\\u00e4\\ud83d\\ude00\", null]}}", "{a:{b:[1 '2/ä😀' <null>]@1,8}@1,2}")]
    [InlineData("{\n\t\"a\": true,\n\t\"b\": {}\n}\n", "{a:true@2,2 b:{}@3,2}")]
    [InlineData("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a:'x\ny\n'@1,1 b:'x y'@4,1}")]
    [InlineData("a:\nb: ~\nc: ''\nd: \"null\"\n", "{a:<null>@1,1 b:<null>@2,1 c:''@3,1 d:'null'@4,1}")]
    [InlineData("a: 1\na: 2\n", "{a:1@1,1 a:2@2,1}")]
    [InlineData("- a: 1\n  b: 2\n- 3\n", "[{a:1@1,3 b:2@2,3} 3]")]
    [InlineData("# only a comment\n", "")]
    [InlineData("", "")]
    [InlineData("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n", "{a:1@2,1} {b:2@6,1}")]
    [InlineData("\uFEFFa: 1\r\nb: 2\r\n", "{a:1@1,1 b:2@2,1}")]
    [InlineData("'a b': x # y\n", "{a b:x@1,1}")]
    [InlineData("a: &x [1]\nb: *x\n", "{a:[1]@1,1 b:[1]@2,1}")]
    [InlineData(
        "a: &x {b: 1, c: 2}\nd:\n  b: 3\n  <<: *x\n",
        "{a:{b:1@1,8 c:2@1,14}@1,1 d:{b:3@3,3 b:1@1,8 c:2@1,14}@2,1}"
    )]
    [InlineData("a: {<<: [{b: 1}, {b: 2}]}\n", "{a:{b:2@1,19 b:1@1,11}@1,1}")]
    [InlineData("a: !!str 1\n", "{a:'1'@1,1}")]
    public void Documents_become_trees_with_places(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', YamlTree.Parse(text).Select(Show)));

    [Theory]
    [InlineData("a: [1\nb: 2\n", "it is not valid YAML after this position", 1)]
    [InlineData("a: 'x", "it is not valid YAML", 1)]
    [InlineData("b: *x\n", "it is not valid YAML: the alias has no anchor before it", 1)]
    [InlineData("a: &x [*x]\n", "it is not valid YAML: the alias has no anchor before it", 1)]
    [InlineData("a: &x 1\n---\nb: *x\n", "it is not valid YAML: the alias has no anchor before it", 3)]
    [InlineData("a: !!binary aGk=\n", "tags other than !!str are not supported", 1)]
    [InlineData("<<: 1\n", "a merge key needs a mapping or a list of mappings", 1)]
    [InlineData("? [a]\n: 1\n", "a key is not a scalar", 1)]
    [InlineData("a: 1\n b: 2\n", "it is not valid YAML", 2)]
    public void What_is_not_plain_YAML_is_rejected_with_its_position(string text, string problem, int line)
    {
        var e = Assert.Throws<YamlTreeException>(() => YamlTree.Parse(text));
        Assert.Equal((problem, line), (e.Message, e.Line));
    }

    [Fact]
    public void Depth_is_bounded()
    {
        Assert.Single(YamlTree.Parse(new string('[', 60) + new string(']', 60)));
        var e = Assert.Throws<YamlTreeException>(() => YamlTree.Parse(new string('[', 5000) + new string(']', 5000)));
        Assert.Equal("it is nested deeper than 64 levels", e.Message);
    }

    /// <summary>A tree takes many times the size of its text, if that has nothing but tiny values.</summary>
    [Theory]
    [InlineData("[", "1,", "1]", 250_000, true)]
    [InlineData("[", "1,", "1]", 249_998, false)]
    [InlineData("", "- []\n", "", 250_000, true)]
    [InlineData("{", "a: ,", "b: }", 125_000, true)]
    [InlineData("", "--- a\n", "", 250_001, true)]
    [InlineData("a: &x [1, 2]\n", "b: *x\n", "", 130_000, true)]
    public void The_number_of_values_is_bounded(string start, string part, string end, int count, bool isRefused)
    {
        var text = start + string.Concat(Enumerable.Repeat(part, count)) + end;
        if (isRefused)
        {
            var e = Assert.Throws<YamlTreeException>(() => YamlTree.Parse(text));
            Assert.Matches("^it(s aliases expand to| has) more than [0-9]+ values$", e.Message);
            Assert.True(e.IsUnsupported);
        }
        else
        {
            Assert.Single(YamlTree.Parse(text));
        }
    }

    /// <summary>Counted anew from the start for each value, the places alone would take minutes.</summary>
    [Fact]
    public void A_JSON_document_of_one_long_line_is_read_in_time()
    {
        var text =
            "{\"\u00e4\":[" + string.Concat(Enumerable.Repeat("\"" + new string('x', 60) + "\",", 200_000)) + "7]}";
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var last = ((YamlSequence)((YamlMapping)JsonTree.Parse(text)).Find("\u00e4")!).Items[^1];
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal((1, text.Length - 2), (last.Line, last.Column));
        Assert.Equal(
            "it has more than 250000 values",
            Assert
                .Throws<YamlTreeException>(() =>
                    JsonTree.Parse($"[{string.Concat(Enumerable.Repeat("1,", 250_000))}1]")
                )
                .Message
        );
    }

    [Fact]
    public void The_last_of_equal_keys_is_found_and_a_null_is_not_text()
    {
        var mapping = Assert.IsType<YamlMapping>(Assert.Single(YamlTree.Parse("a: 1\na: 2\nb:\nc: [1]\n")));
        Assert.Equal(
            ("2", null, null, null),
            (mapping.FindText("a"), mapping.FindText("b"), mapping.FindText("c"), mapping.FindText("d"))
        );
    }

    [Fact]
    public void No_node_prints_what_it_holds()
    {
        var mapping = (YamlMapping)YamlTree.Parse("a: hunter2\nb: [hunter2]\n")[0];
        Assert.DoesNotContain(
            "hunter2",
            string.Concat([mapping, .. mapping.Members, .. mapping.Members.Select(m => m.Value)]),
            StringComparison.Ordinal
        );
    }

    private static string Show(YamlNode node) =>
        node switch
        {
            YamlScalar { IsNull: true } => "<null>",
            YamlScalar scalar => scalar.IsQuoted ? $"'{scalar.Text}'" : scalar.Text,
            YamlSequence sequence => $"[{string.Join(' ', sequence.Items.Select(Show))}]",
            YamlMapping mapping =>
                $"{{{string.Join(' ', mapping.Members.Select(m => $"{m.Key}:{Show(m.Value)}@{m.Line},{m.Column}"))}}}",
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };
}
