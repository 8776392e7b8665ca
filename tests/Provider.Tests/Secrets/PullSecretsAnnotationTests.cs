// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tests.Secrets;

public sealed class PullSecretsAnnotationTests
{
    [Fact]
    public void Without_the_annotation_all_are_listed()
    {
        Assert.Null(PullSecretsAnnotation.Find(new Dictionary<string, string>()));
        Assert.Null(
            PullSecretsAnnotation.Find(
                new Dictionary<string, string> { ["crio-credential-provider/pull-secret"] = "a" }
            )
        );
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("  ", "")]
    [InlineData(",,", "")]
    [InlineData("a", "a")]
    [InlineData("b,a", "a b")]
    [InlineData(" b , a ,b,", "a b")]
    [InlineData("my-secret.v2,0", "0 my-secret.v2")]
    public void Names_are_separated_by_commas_and_each_counts_once(string value, string names)
    {
        var found = Find(value);
        Assert.Equal(names, string.Join(' ', found.Names));
        Assert.Empty(found.Notices);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a.-b")]
    [InlineData("a-.b")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("a?limit=1")]
    [InlineData("a%2f")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void An_invalid_name_is_one_line_and_the_others_are_used(string bad)
    {
        var found = Find($"good,{bad}");
        Assert.Equal(["good"], found.Names);
        var notice = Assert.Single(found.Notices);
        Assert.Equal(
            (
                Reasons.NamedSecretMissing,
                $"\"{bad}\" in annotation crio-credential-provider/pull-secrets is not a valid name of a secret"
            ),
            (notice.Reason, notice.Message)
        );
    }

    /// <summary>Somebody may have put the registry's URL there, with the password in it.</summary>
    [Theory]
    [InlineData("user:password@quay.io", "***@quay.io")]
    [InlineData("https://user:pass@word@quay.io", "***@quay.io")]
    [InlineData("user@", "***@")]
    [InlineData("quay.io/app@sha256:0a", "***@sha256:0a")]
    [InlineData(
        "quay.io/app@sha256:0123456789abcdef0123456789abcdef",
        "quay.io/app@sha256:0123456789abcdef0123456789abcdef"
    )]
    public void What_could_be_a_password_is_not_printed(string bad, string told) =>
        Assert.Equal(
            $"\"{told}\" in annotation crio-credential-provider/pull-secrets is not a valid name of a secret",
            Assert.Single(Find(bad).Notices).Message
        );

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        Assert.Single(Find(new string('a', 253)).Names);
        Assert.Empty(Find(new string('a', 254)).Names);
    }

    [Fact]
    public void More_names_than_a_pull_may_cost_are_skipped_with_a_line()
    {
        var found = Find(string.Join(',', Enumerable.Range(0, 34).Select(i => $"s{i:00}")));
        Assert.Equal(32, found.Names.Count);
        Assert.Equal(
            [
                "Secret \"s32\" is ignored: annotation crio-credential-provider/pull-secrets names more than 32 "
                    + "secrets",
                "Secret \"s33\" is ignored: annotation crio-credential-provider/pull-secrets names more than 32 "
                    + "secrets",
            ],
            found.Notices.Select(n => n.Message)
        );
    }

    private static PullSecretNames Find(string value) =>
        PullSecretsAnnotation.Find(new Dictionary<string, string> { [PullSecretsAnnotation.Key] = value })!;
}
