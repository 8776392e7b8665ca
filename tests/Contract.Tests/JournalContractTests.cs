// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>What people and test suites read in the journal.</summary>
public sealed class JournalContractTests
{
    [Fact]
    public void The_articles_run_logs_its_fifteen_sentences_with_the_address()
    {
        using var cluster = new Cluster();
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Equal(
            [
                "Running credential provider",
                "Reading from stdin",
                "Parsed credential provider request for image \"docker.io/library/nginx\"",
                "Parsing namespace from request",
                $"Matching mirrors for registry config: {cluster.At("registries.conf")}",
                "Got mirror(s) for \"docker.io/library/nginx\": \"localhost:5000\"",
                "Getting secrets from namespace: default",
                $"Using API server host: 127.0.0.1:{cluster.Api.Port} (option --api-server)",
                "Got 1 secret(s)",
                "Parsing secret: my-secret",
                "Found docker config JSON auth in secret \"my-secret\" for \"http://localhost:5000\"",
                "Checking if mirror \"localhost:5000\" matches registry \"localhost:5000\"",
                "Using mirror auth \"localhost:5000\" for registry from secret \"localhost:5000\"",
                $"Wrote auth file to {cluster.AuthFile} with 1 number of entries",
                $"Auth file path: {cluster.AuthFile}",
            ],
            cluster.Journal.Messages
        );
    }

    [Fact]
    public void Each_entry_carries_what_joins_it_to_its_run()
    {
        using var cluster = new Cluster();
        cluster.RunArticle();
        var entries = cluster.Journal.Entries;
        Assert.All(entries, entry =>
            Assert.Equal(("6", "crio-credential-provider"), (entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]))
        );
        Assert.Single(entries.Select(entry => entry["CRIO_CP_RUN"]).Distinct());
        Assert.Equal(15, entries.Select(entry => entry["MESSAGE_ID"]).Distinct().Count());
        var last = entries[^1];
        Assert.Equal(
            ("docker.io/library/nginx", "default", "default", "test-pod", "written"),
            (
                last["CRIO_CP_IMAGE"],
                last["CRIO_CP_NAMESPACE"],
                last["CRIO_CP_SERVICE_ACCOUNT"],
                last["CRIO_CP_POD"],
                last["CRIO_CP_OUTCOME"]
            )
        );
        Assert.True(long.Parse(last["CRIO_CP_DURATION_US"]) > 0);
    }

    [Fact]
    public void Without_the_env_file_and_any_other_the_fallback_is_logged_word_for_word() =>
        Assert.Equal(
            "Unable to find env file \"/etc/kubernetes/apiserver-url.env\", using default API server host: "
                + "localhost:6443",
            CrioCredentialProvider
                .Journal.Sentences.DefaultApiServer("/etc/kubernetes/apiserver-url.env", "localhost:6443")
                .Message
        );

    [Fact]
    public void No_registries_conf_at_all_stops_with_an_empty_success()
    {
        using var cluster = new Cluster();
        File.Delete(cluster.At("registries.conf"));
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.Equal(
            $"Registries conf path \"{cluster.At("registries.conf")}\" does not exist, stopping",
            cluster.Journal.Messages[^1]
        );
        Assert.Empty(cluster.Api.Requests);
    }

    [Fact]
    public void A_drop_in_counts_without_a_main_file()
    {
        using var cluster = new Cluster();
        File.Move(cluster.At("registries.conf"), cluster.At("registries.conf.d/10-mirror.conf"));
        Assert.Equal(0, cluster.RunArticle().ExitCode);
        Assert.True(File.Exists(cluster.AuthFile));
    }

    [Fact]
    public void An_image_without_mirror_stops_without_asking_the_API()
    {
        using var cluster = new Cluster();
        Assert.Equal(0, cluster.Run(Requests.For("quay.io/a/b", cluster.Token)).ExitCode);
        Assert.Equal("No mirrors found, will not write any auth file", cluster.Journal.Messages[^1]);
        Assert.Empty(cluster.Api.Requests);
    }

    [Fact]
    public void A_missing_journal_costs_nothing()
    {
        using var cluster = new Cluster();
        Assert.Equal(0, cluster.RunArticle($"--journal-socket={cluster.At("none")}").ExitCode);
        Assert.Empty(cluster.Journal.Messages);
    }

    [Fact]
    public void A_failure_has_the_priority_of_an_error_and_its_code()
    {
        using var cluster = new Cluster();
        cluster.RunArticle("--auth-dir=/dev/null");
        var last = cluster.Journal.Entries[^1];
        Assert.Equal(("3", "failed", "CP602"), (last["PRIORITY"], last["CRIO_CP_OUTCOME"], last["CRIO_CP_CODE"]));
    }
}
