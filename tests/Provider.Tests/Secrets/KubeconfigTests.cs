// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Secrets;

/// <summary>The rules are those of client-go (clientcmd) and of its YAML reader (sigs.k8s.io/yaml).</summary>
public sealed class KubeconfigTests
{
    private const string Cluster = "clusters: [{name: c, cluster: {server: https://a.test}}]\n";
    private const string Context = "contexts: [{name: x, context: {cluster: c}}]\n";

    [Theory]
    [InlineData(
        "{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: "
            + "s}}]}",
        "s"
    )]
    [InlineData("contexts: [{context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: s}}]", "s")]
    [InlineData(
        "current-context: ''\ncontexts: [{name: '', context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "
            + "s}}]",
        "s"
    )]
    [InlineData(
        "current-context:\ncontexts: [{name: ~, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: s}}]",
        "s"
    )]
    [InlineData("current-context: null\ncontexts: [{context: {}}]\nclusters: [{cluster: {server: s}}]", "s")]
    [InlineData("clusters: [{cluster: {server: s}}]", "s")]
    [InlineData("clusters: [~, {name: a, cluster: {server: t}}]", null)]
    [InlineData(
        "current-context: 'null'\ncontexts: [{name: null, context: {cluster: d}}, {name: \"null\", context: {cluster: "
            + "c}}]\nclusters: [{name: c, cluster: {server: s}}]",
        "s"
    )]
    [InlineData(
        "current-context: x\ncontexts: [{name: y, context: {cluster: d}}, {name: x, context: {cluster: c}}]\nclusters: "
            + "[{name: d, cluster: {server: t}}, {name: c, cluster: {server: s}}]",
        "s"
    )]
    [InlineData(
        "current-context: 007\ncontexts: [{name: '007', context: {cluster: on}}]\nclusters: [{name: on, cluster: "
            + "{server: s}}]",
        "s"
    )]
    [InlineData(
        "current-context: x\ncurrent-context: z\ncontexts: [{name: z, context: {cluster: c}}]\nclusters: [{name: c, "
            + "cluster: {server: s, server: t}}]",
        "t"
    )]
    [InlineData("clusters: [{cluster: {server: s}}]\nclusters: [{cluster: {server: t}}]", "t")]
    [InlineData("clusters: [{cluster: {server: s}}, {name: a}, {name: a}]", "s")]
    [InlineData("clusters: [{cluster: {server: ~}}]", null)]
    [InlineData("clusters: [{cluster: {server: }}]", null)]
    [InlineData("clusters: [{cluster: {server: null}}]", null)]
    [InlineData("clusters: [{cluster: {server: Null}}]", null)]
    [InlineData("clusters: [{cluster: {server: NULL}}]", null)]
    [InlineData("clusters: [{cluster: {server: nULL}}]", "nULL")]
    [InlineData("clusters: [{cluster: {server: 'null'}}]", "null")]
    [InlineData("clusters: [{cluster: {server: ''}}]", null)]
    [InlineData("clusters: [{cluster: ~}]", null)]
    [InlineData("clusters: [{cluster: }]", null)]
    [InlineData("clusters: [{cluster: {server: s}}]\n---\nclusters: [{cluster: {server: t}}]", "s")]
    [InlineData("clusters: [{cluster: {server: s}}]\n...\n]", "s")]
    public void The_current_contexts_cluster_is_found_by_name_and_an_empty_name_is_one(string text, string? server) =>
        Assert.Equal(server, Parse(text).Server);

    [Theory]
    [InlineData("clusters:\n- cluster: &c {server: s}\n  name: k\n- cluster: *c", "s")]
    [InlineData("x: &s s\nclusters: [{cluster: {server: *s}}]", "s")]
    [InlineData("users: [{user: &u {server: s}}]\nclusters: [{cluster: *u}]", "s")]
    [InlineData("x: &a {server: s}\ny: &a {server: t}\nclusters: [{cluster: *a}]", "t")]
    [InlineData("x: &l [{cluster: {server: s}}]\nclusters: *l", "s")]
    [InlineData("&k clusters: [{cluster: {server: s}}]\nx: *k", "s")]
    [InlineData("x: &a ~\nclusters: [{name: *a, cluster: {server: s}}]", "s")]
    [InlineData("x: &c {server: s}\nclusters: [{cluster: {<<: *c}}]", "s")]
    [InlineData("x: &c {server: s}\nclusters: [{cluster: {<<: *c, server: t}}]", "t")]
    [InlineData("x: &c {server: s}\nclusters: [{cluster: {server: t, <<: *c}}]", "s")]
    [InlineData("clusters: [{cluster: {<<: {server: s}}}]", "s")]
    [InlineData("x: &c {server: s}\nclusters: [{cluster: {<<: [*c, {server: t}]}}]", "s")]
    [InlineData("x: &c {server: s}\nclusters: [{cluster: {'<<': *c}}]", null)]
    public void Anchors_aliases_and_merge_keys_are_followed(string text, string? server) =>
        Assert.Equal(server, Parse(text).Server);

    [Theory]
    [InlineData("utf-8", "---\n")]
    [InlineData("utf-8", "")]
    [InlineData("utf-16", "---\n")]
    [InlineData("utf-16BE", "")]
    public void A_byte_order_mark_names_the_encoding(string encoding, string start)
    {
        var code = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. code.GetPreamble(), .. code.GetBytes(start + "clusters: [{cluster: {server: \u00FC}}]")];
        Assert.Equal("\u00FC", Kubeconfig.Parse("x", bytes).Server);
    }

    [Fact]
    public void Without_a_byte_order_mark_it_is_UTF_8() =>
        Assert.Equal("\u00FC", Parse("clusters: [{cluster: {server: \u00FC}}]").Server);

    [Theory]
    [InlineData("", "it has no current-context")]
    [InlineData("# only a comment", "it has no current-context")]
    [InlineData("--- ~", "it has no current-context")]
    [InlineData("contexts: [{name: a, context: {cluster: c}}]\n" + Cluster, "it has no current-context")]
    [InlineData("current-context: y\n" + Context + Cluster, "its current-context \"y\" is not one of its contexts")]
    [InlineData("current-context: x\n" + Context, "cluster \"c\" of its current context is not one of its clusters")]
    [InlineData(
        "contexts: [{context: {}}]\n" + Cluster,
        "cluster \"\" of its current context is not one of its clusters"
    )]
    [InlineData(
        "current-context: x\n" + Context + "clusters: [{name: c}, {name: c}]",
        "two of its clusters are named \"c\""
    )]
    [InlineData("contexts: [{}, {}]", "two of its contexts are named \"\"")]
    [InlineData("[]", "it is not a mapping")]
    [InlineData("text", "it is not a mapping")]
    [InlineData("contexts: {}", "its contexts are not a list")]
    [InlineData("clusters: [a]", "an entry of its clusters is not a mapping")]
    [InlineData("contexts: [{context: [a]}]", "the context of \"\" is not a mapping")]
    [InlineData("clusters: [{cluster: {server: {}}}]", "its server is not a string")]
    [InlineData("current-context: [", "it is not valid YAML (line 2, column 1)")]
    [InlineData("current-context: *a", "its alias *a names no anchor (line 1, column 18)")]
    [InlineData("x: &a [*a]", "the alias *a inside its own anchor is not supported (line 1, column 8)")]
    [InlineData("x: &a {b: *a}", "the alias *a inside its own anchor is not supported (line 1, column 11)")]
    [InlineData("? {a: b}\n: c", "a key that is not a scalar is not supported (line 1, column 3)")]
    [InlineData("x: {<<: a}", "a merge key without a mapping is not supported (line 1, column 9)")]
    [InlineData("x: {<<: [{}, a]}", "a merge key without a mapping is not supported (line 1, column 9)")]
    [InlineData(
        "x: [[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]",
        "nesting of more than 16 levels is not supported (line 1, column 20)"
    )]
    [InlineData(
        "? [[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]\n: b",
        "nesting of more than 16 levels is not supported (line 1, column 19)"
    )]
    [InlineData(
        "<<: [[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]",
        "nesting of more than 16 levels is not supported (line 1, column 21)"
    )]
    [InlineData("a: !!str-[[", "it is not valid YAML (line 1, column 2)")]
    public void A_file_that_cannot_be_used_says_why(string text, string why)
    {
        var e = Assert.Throws<ProviderException>(() => Parse(text));
        Assert.Equal(
            (
                Reasons.KubeconfigInvalid,
                $"kubeconfig \"/a\" cannot be used: {why}",
                "correct it, or give --api-server and --certificate-authority"
            ),
            (e.Reason, e.Problem, e.Hint)
        );
    }

    [Fact]
    public void Sixteen_levels_are_read() =>
        Assert.Equal("s", Parse("x: [[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]\nclusters: [{cluster: {server: s}}]").Server);

    /// <summary>As sigs.k8s.io/yaml, which makes JSON of it.</summary>
    [Theory]
    [InlineData("~: a")]
    [InlineData("null: a")]
    [InlineData("? \n: a")]
    public void A_key_that_is_null_is_the_text_null(string text)
    {
        var members = Assert.IsType<Dictionary<string, object?>>(KubeconfigYaml.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(("null", "a"), (Assert.Single(members).Key, members["null"]));
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void A_merge_key_takes_at_most_10000_members(int count, bool isRead)
    {
        var members = string.Join(", ", Enumerable.Range(0, count).Select(n => $"k{n}: v"));
        var text = $"clusters: [{{cluster: {{server: s}}}}]\nx: {{<<: {{{members}}}}}";
        Assert.Equal(isRead ? null : typeof(ProviderException), Record.Exception(() => Parse(text))?.GetType());
    }

    [Theory]
    [InlineData(13, true)]
    [InlineData(14, false)]
    public void Merge_keys_that_multiply_are_bounded(int doublings, bool isRead)
    {
        // Each mapping merges the one before it twice: members are counted, whatever they are.
        var text = new StringBuilder("a0: &a0 {k: v}\n");
        for (var i = 1; i <= doublings; i++)
        {
            text.Append(
                $"a{i}: &a{i} {{ "
                    + $"{string.Join(", ", Enumerable.Range(0, (1 << i) - (1 << (i - 1))).Select(n => $"k{i}x{n}: v"))}, <<: *a{i - 1} }}\n"
            );
        }

        text.Append("clusters: [{cluster: {server: s}}]");
        if (isRead)
        {
            Assert.Equal("s", Parse(text.ToString()).Server);
            return;
        }

        var e = Assert.Throws<ProviderException>(() => Parse(text.ToString()));
        Assert.Contains(
            "merging more than 10000 members is not supported (line 15, column ",
            e.Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_that_is_used_of_a_cluster_is_read_and_nothing_of_its_user() =>
        Assert.Equal(
            new Kubeconfig("c", "https://a.test", "ca.crt", "ZGF0YQ==", "n"),
            Parse(
                """
                {"current-context":"a","contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],
                 "clusters":[{"name":"c","cluster":{"server":"https://a.test","certificate-authority":"ca.crt",
                  "certificate-authority-data":"ZGF0YQ==","tls-server-name":"n","insecure-skip-tls-verify":true,"proxy-url":"http://p"}}],
                 "users":[{"name":"u","user":{"token":"planted"}}]}
                """
            )
        );

    private static Kubeconfig Parse(string text) => Kubeconfig.Parse("/a", Encoding.UTF8.GetBytes(text));
}
