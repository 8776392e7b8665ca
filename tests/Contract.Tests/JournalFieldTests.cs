// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>The fields that make an audit trail: which entry has which, and that the reference page has them
/// all.</summary>
public sealed class JournalFieldTests
{
    private const string Always = "CRIO_CP_RUN CRIO_CP_VERSION MESSAGE MESSAGE_ID PRIORITY SYSLOG_IDENTIFIER";
    private const string Image = Always + " CRIO_CP_IMAGE";
    private const string Pod = Image + " CRIO_CP_NAMESPACE CRIO_CP_POD CRIO_CP_SERVICE_ACCOUNT";

    /// <summary>The article's run: the end of each MESSAGE_ID, which never changes, and the fields of the
    /// entry.</summary>
    private static readonly (string Id, string Fields)[] Article =
    [
        ("0101", Always),
        ("0102", Always),
        ("0103", Image),
        ("0104", Image),
        ("0105", Pod),
        ("0106", Pod + " CRIO_CP_SOURCE"),
        ("0107", Pod),
        ("0109", Pod + " CRIO_CP_API_SERVER"),
        ("010a", Pod),
        ("010b", Pod + " CRIO_CP_SECRET"),
        ("010c", Pod + " CRIO_CP_KEY CRIO_CP_SECRET"),
        ("010d", Pod + " CRIO_CP_REGISTRY CRIO_CP_SOURCE"),
        ("010e", Pod + " CRIO_CP_REGISTRY CRIO_CP_SECRET CRIO_CP_SOURCE"),
        ("010f", Pod + " CRIO_CP_AUTH_FILE CRIO_CP_ENTRIES"),
        ("0110", Pod + " CRIO_CP_AUTH_FILE CRIO_CP_DURATION_US CRIO_CP_OUTCOME"),
    ];

    [Fact]
    public void Each_entry_of_the_articles_run_has_its_fields_and_no_other()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        Assert.Equal(
            Article.Select(entry => ("8d5b4c1c7bd94a3f9a33a1d2c9b4" + entry.Id, Sorted(entry.Fields.Split(' ')))),
            cluster.Journal.Entries.Select(entry => (entry["MESSAGE_ID"], Sorted(entry.Keys)))
        );
    }

    [Fact]
    public void The_fields_say_what_the_sentences_say()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        var fields = cluster
            .Journal.Entries.SelectMany(entry => entry)
            .Where(field =>
                field.Key.StartsWith("CRIO_CP_", StringComparison.Ordinal)
                && field.Key is not ("CRIO_CP_RUN" or "CRIO_CP_DURATION_US")
            )
            .Distinct()
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key[8..]}={field.Value}");
        Assert.Equal(
            [
                $"API_SERVER=127.0.0.1:{cluster.Api.Port}",
                $"AUTH_FILE={cluster.AuthFile}",
                "ENTRIES=1",
                "IMAGE=docker.io/library/nginx",
                "KEY=http://localhost:5000",
                "NAMESPACE=default",
                "OUTCOME=written",
                "POD=test-pod",
                "REGISTRY=localhost:5000",
                "SECRET=my-secret",
                "SERVICE_ACCOUNT=default",
                "SOURCE=localhost:5000",
                $"VERSION={BuildInfo.Version}",
            ],
            fields
        );
    }

    [Fact]
    public void The_page_has_each_field_of_all_scenarios_and_no_other()
    {
        SortedSet<string> fields = new(StringComparer.Ordinal);
        foreach (var row in ScenarioFolder.Names)
        {
            using var world = new ScenarioWorld(ScenarioFolder.Read(row.Data));
            world.RunInProcess("--log-level=debug");
            fields.UnionWith(world.Journal.SelectMany(entry => entry.Keys));
        }

        var page = File.ReadLines(Path.Combine(Repository.Root, "docs/reference/journal.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(','))
            .Select(name => name.Trim(' ', '`'));
        Assert.Equal(page.Order(StringComparer.Ordinal), fields);
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));
}
