// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Tools.ClusterApi;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class NamedSecretRulesTests
{
    private const string Named =
        """{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["hub"]}""";

    [Theory]
    [InlineData(Named, "hub")]
    [InlineData(
        """{"resourceNames":["hub","mirror","hub"],"resources":["pods","secrets"],"apiGroups":["apps",""],"verbs":["watch","get"]}""",
        "hub mirror"
    )]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"resourceNames":["hub"]}""", "hub")]
    [InlineData("""{"verbs":["list","watch"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["hub"]}""", "")]
    [InlineData("""{"verbs":["get"],"apiGroups":["apps"],"resources":["secrets"],"resourceNames":["hub"]}""", "")]
    [InlineData("""{"verbs":["get"],"resources":["secrets"],"resourceNames":["hub"]}""", "")]
    [InlineData(
        """{"verbs":["get"],"apiGroups":[""],"resources":["configmaps","secrets/status"],"resourceNames":["hub"]}""",
        ""
    )]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}""", "")]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":null}""", "")]
    [InlineData(
        """{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":[1,["x"],"*","","A","a b","a\nb","\u202ea","$(id)","hub"]}""",
        "hub"
    )]
    [InlineData("1,[" + Named + "],{\"inner\":" + Named + "}," + Named, "hub")]
    [InlineData("", "")]
    public void Only_what_grants_get_on_secrets_by_a_name_counts(string rules, string names) =>
        Assert.Equal(
            names.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            NamedSecretRules.Find(
                Reply(
                    $$"""{"kind":"SelfSubjectRulesReview","spec":{},"status":{"resourceRules":[{{rules}}],"nonResourceRules":[],"incomplete":false} }"""
                )
            )
        );

    [Theory]
    [InlineData("""{"status":{"resourceRules":[""" + Named + """],"incomplete":true}}""")]
    [InlineData("""{"status":{"incomplete":true,"resourceRules":[""" + Named + """]}}""")]
    [InlineData("""{"status":{"resourceRules":[""" + Named + """]}}""")]
    [InlineData("""{"status":{"resourceRules":[""" + Named + """],"incomplete":"false"}}""")]
    [InlineData("""{"status":{"incomplete":false,"resourceRules":[""" + Named + ",")]
    [InlineData("""{"resourceRules":[""" + Named + """],"incomplete":false}""")]
    [InlineData("""{"status":{"incomplete":false,"resourceRules":[{"verbs":["\ud800"]}]}}""")]
    [InlineData("""[{"status":{"resourceRules":[],"incomplete":false}}]""")]
    [InlineData("<html>")]
    [InlineData("")]
    public void An_incomplete_or_invalid_response_is_ignored(string json) =>
        Assert.Null(NamedSecretRules.Find(Reply(json)));

    [Fact]
    public void No_rules_at_all_are_an_answer() =>
        Assert.Empty(
            NamedSecretRules.Find(
                Reply("""{"status":{"resourceRules":null,"nonResourceRules":null,"incomplete":false}}""")
            )!
        );

    private static ApiReply Reply(string json) => new(HttpStatusCode.Created, json, null, default, default);
}
