// SPDX-License-Identifier: Apache-2.0
using System.Text;
using KubernetesApiStandIn;

namespace Bench;

/// <summary>
/// The files of one invocation in a temporary folder (request, registries.conf, CA), and the API server.
/// </summary>
internal sealed class Fixture : IDisposable
{
    private readonly string token = Token.For("default");

    public Fixture()
    {
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(At("registries.conf.d"));
        var authority = new Authority();
        Server = new SecretServer(authority.Issue(["kubernetes", "kubernetes.default.svc", "127.0.0.1"]));
        File.WriteAllText(At("ca.crt"), authority.Pem);
        SetRegistriesConf(mirrors: 1, aliases: 0);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("crio-cp-bench-").FullName;

    public SecretServer Server { get; }

    public string JournalPath => At("journal");

    public string At(string name) => Path.Combine(Folder, name);

    public void Dispose()
    {
        Server.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <param name="mirrors">The number of mirrors of the image's registry. A secret matches the first one.</param>
    /// <param name="aliases">The number of unused short-name aliases.</param>
    public void SetRegistriesConf(int mirrors, int aliases)
    {
        var text = new StringBuilder("unqualified-search-registries = [\"docker.io\"]\n\n");
        if (aliases > 0)
        {
            text.Append("[aliases]\n");
            for (var i = 0; i < aliases; i++)
            {
                text.Append($"\"short-name-{i:0000}\" = \"registry.example.com/team/short-name-{i:0000}\"\n");
            }
        }

        text.Append("\n[[registry]]\nlocation = \"docker.io\"\n");
        for (var i = 0; i < mirrors; i++)
        {
            text.Append(
                "\n[[registry.mirror]]\nlocation = "
                    + $"\"{(i == 0 ? SecretList.Mirror : $"mirror-{i:0000}.example.com/docker")}\"\n"
            );
        }

        File.WriteAllText(At("registries.conf"), text.ToString());
    }

    /// <summary>The path of a request as the kubelet sends it.</summary>
    public string Request(string image = "docker.io/library/nginx")
    {
        var path = At("request-" + image.Replace('/', '-'));
        File.WriteAllText(
            path,
            $"{{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\",\"image\":\"{image}\",\"serviceAccountToken\":\"{token}\"}}\n"
        );
        return path;
    }

    public Program Provider(string name, string path, bool withJournal) =>
        new(
            name,
            [
                path,
                "--registries-conf=" + At("registries.conf"),
                "--registries-conf-dir=" + At("registries.conf.d"),
                "--auth-dir=" + At("auth"),
                "--kubelet-auth-file=" + At("config.json"),
                $"--api-server=127.0.0.1:{Server.Port}",
                "--certificate-authority=" + At("ca.crt"),
                "--timeout=50s", // valgrind is slow, more so on a busy machine
                "--journal-socket=" + (withJournal ? JournalPath : At("none")),
            ],
            Request(),
            At("auth")
        );

    /// <summary>
    /// Lists the same secrets from the same server with the same CA and discards them: the cost of TLS and HTTP alone.
    /// </summary>
    public Program Curl() =>
        new(
            "curl",
            [
                "/usr/bin/curl",
                "--silent",
                "--show-error",
                "--fail",
                "--http1.1",
                "--cacert",
                At("ca.crt"),
                "--output",
                "/dev/null",
                "--header",
                "Authorization: Bearer " + token,
                $"https://127.0.0.1:{Server.Port}/api/v1/namespaces/default/secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson",
            ],
            Request(),
            null
        );

    /// <summary>
    /// Another implementation. It receives the request on stdin and the same arguments as crio-credential-provider; a
    /// wrapper script can convert them to its own.
    /// </summary>
    public Program Peer(string path) => Provider("peer", path, withJournal: false);
}
