// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.TestSupport;
using JournalRecorder;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// The article's run to the letter: no arguments, no environment, every file at its default path, the API at
/// localhost:6443. Network and mount namespaces make such a node out of this machine, without touching it.
/// </summary>
public sealed class ZeroConfigurationTests : IDisposable
{
    private const string Script = """
        set -eu
        folder=$1 binary=$2 stand_in=$3
        PATH=$PATH:/usr/sbin:/sbin
        ip link set lo up
        mkdir -p "$folder/api" "$folder/upper/containers/registries.conf.d" "$folder/upper/kubernetes/pki" "$folder/work"
        mkfifo "$folder/stdin"
        dotnet "$stand_in" --directory "$folder/api" --manifest "$folder/secret.json" --port 6443 <"$folder/stdin" >"$folder/port" &
        exec 7>"$folder/stdin"
        for i in $(seq 100); do [ -s "$folder/port" ] && break; sleep 0.1; done
        cp "$folder/api/ca.crt" "$folder/upper/kubernetes/pki/ca.crt"
        cp "$folder/registries.conf" "$folder/upper/containers/registries.conf"
        mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/upper,workdir=$folder/work" /etc
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/journal
        mount --bind "$folder/journal" /run/systemd/journal
        printf '{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"docker.io/library/nginx","serviceAccountToken":"%s"}\n' \
            "$(cat "$folder/api/token-default")" | env -i "$binary"
        exec 7>&-
        """;

    private const string ScriptWithoutConf = """
        set -eu
        folder=$1 binary=$2
        PATH=$PATH:/usr/sbin:/sbin
        mount -t tmpfs tmpfs /etc
        mount -t tmpfs tmpfs /root
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/journal
        mount --bind "$folder/journal" /run/systemd/journal
        env -i "$binary"
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_articles_fifteen_sentences_come_word_for_word()
    {
        Directory.CreateDirectory(Path.Combine(folder, "journal"));
        File.WriteAllText(Path.Combine(folder, "secret.json"), Cluster.ArticleSecret);
        File.WriteAllText(Path.Combine(folder, "registries.conf"), Cluster.ArticleRegistriesConf);
        using var journal = new Recorder(Path.Combine(folder, "journal", "socket"), SuiteSecrets.Record);
        var (exitCode, stdout, stderr) = Execute(
            "unshare",
            "-rmn",
            "bash",
            "-c",
            Script,
            "node",
            folder,
            PublishedBinary.FilePath,
            Path.Combine(AppContext.BaseDirectory, "KubernetesApiStandIn.dll")
        );
        Assert.True(exitCode == 0, stderr);
        Assert.Equal("", stderr);
        Assert.Equal(
            """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s","auth":{"docker.io/library/nginx":{"username":"","password":""}}}"""
                + "\n",
            stdout
        );
        Assert.Equal(
            """
            Running credential provider
            Reading from stdin
            Parsed credential provider request for image "docker.io/library/nginx"
            Parsing namespace from request
            Matching mirrors for registry config: /etc/containers/registries.conf
            Got mirror(s) for "docker.io/library/nginx": "localhost:5000"
            Getting secrets from namespace: default
            Unable to find env file "/etc/kubernetes/apiserver-url.env", using default API server host: localhost:6443
            Got 1 secret(s)
            Parsing secret: my-secret
            Found docker config JSON auth in secret "my-secret" for "http://localhost:5000"
            Checking if mirror "localhost:5000" matches registry "localhost:5000"
            Using mirror auth "localhost:5000" for registry from secret "localhost:5000"
            Wrote auth file to /etc/crio/auth/default-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5.json with 1 number of entries
            Auth file path: /etc/crio/auth/default-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5.json
            """,
            string.Join('\n', journal.Messages)
        );
        Assert.True(File.Exists(Path.Combine(folder, "upper/crio/auth", Cluster.ArticleFileName)));
        Assert.False(File.Exists($"/etc/crio/auth/{Cluster.ArticleFileName}"), "the machine itself was touched");
    }

    /// <summary>As upstream's own end-to-end test has it, which sets nothing either.</summary>
    [Fact]
    public void Without_registries_conf_there_are_two_sentences()
    {
        Directory.CreateDirectory(Path.Combine(folder, "journal"));
        using var journal = new Recorder(Path.Combine(folder, "journal", "socket"), SuiteSecrets.Record);
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", KubernetesApiStandIn.Token.For("default")),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            ["-rm", "bash", "-c", ScriptWithoutConf, "node", folder, PublishedBinary.FilePath]
        );
        Assert.Equal(
            new RunResult(
                0,
                """{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1","cacheKeyType":"Image","cacheDuration":"0s"}"""
                    + "\n",
                ""
            ),
            run
        );
        Assert.Equal(
            [
                "Running credential provider",
                "Registries conf path \"/etc/containers/registries.conf\" does not exist, stopping",
            ],
            journal.Messages
        );
    }

    private static (int ExitCode, string Stdout, string Stderr) Execute(string command, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var stderr = process.StandardError.ReadToEndAsync();
        var stdout = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, stdout, stderr.Result);
    }
}
