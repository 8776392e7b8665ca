// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CrioCredentialProvider.Tests.Generate;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.ClusterApi;

/// <summary>
/// A cluster, and somebody with a kubeconfig in a home folder. The namespace <c>team-a</c> has a pull secret for the
/// mirror that registries.conf names for quay.io, and its service account <c>puller</c> may list it.
/// </summary>
internal sealed class PersonalCluster : IDisposable
{
    public static readonly ApiUser Developer = new(
        "developer",
        new ApiRule("get", "pods", "team-a"),
        new ApiRule("list", "events", "team-a"),
        new ApiRule("create", "serviceaccounts/token", "team-a")
    );

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-person-").FullName;
    private readonly Authority authority = new();

    public PersonalCluster()
    {
        Api = new ApiServer(authority.Issue(["127.0.0.1"])) { ClientAuthority = authority };
        Api.Add(
            """{"kind":"Secret","metadata":{"name":"mirror","namespace":"team-a"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"""
                + "\""
                + Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(
                        """{"auths":{"mirror.example.com":{"username":"u","password":"made-up-password"}}}"""
                    )
                )
                + "\"}}"
        );
        Api.AddServiceAccount("team-a", "default");
        Api.AddServiceAccount("team-a", "puller");
        Api.Allow("team-a", "puller", "team-a");
        Write(
            "registries.conf",
            "[[registry]]\nlocation = \"quay.io\"\n[[registry.mirror]]\nlocation = \"mirror.example.com\"\n"
        );
        Environment["HOME"] = folder;
    }

    public ApiServer Api { get; }

    public string Host => $"127.0.0.1:{Api.Port}";

    /// <summary>Where no kubeconfig of this machine is looked for.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The kubeconfigs of a kubelet, below the folder.</summary>
    public string[] KubeletKubeconfigs { get; set; } = [];

    /// <summary>Whether the person looks at stderr.</summary>
    public bool StderrIsTerminal { get; set; }

    public string At(string name) => Path.Combine(folder, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    /// <summary>A kubeconfig for this cluster.</summary>
    /// <param name="user">The user's members, as YAML's flow style has them.</param>
    public string Kubeconfig(string user) =>
        $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://{{{Host}}}", certificate-authority-data: "{{{Base64(
                authority.Pem
            )}}}"}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            users:
            - name: u
              user: { {{{user}}} }

            """;

    /// <summary>Certificate and key of a user, in PEM.</summary>
    public (string Certificate, string Key) Certificate(string user, Authority? by = null)
    {
        using var certificate = (by ?? authority).IssueBare(null, null, $"CN={user}");
        return (certificate.ExportCertificatePem(), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The member of a user with a certificate.</summary>
    public string CertificateData(string user, Authority? by = null)
    {
        var (certificate, key) = Certificate(user, by);
        return $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}";
    }

    /// <summary>Runs <c>explain</c> with this home folder; registries.conf is the cluster's.</summary>
    public Task<CommandResult> ExplainAsync(params IEnumerable<string> words) =>
        InProcess.RunAsync(["explain", .. words], node =>
            node with
            {
                Environment = Environment.GetValueOrDefault,
                StderrIsTerminal = StderrIsTerminal,
                ApiFiles = node.ApiFiles with
                {
                    AdministratorKubeconfigs = [],
                    Kubeconfigs = KubeletKubeconfigs,
                    ParentArguments = [],
                },
            }
        );

    public string[] Flags =>
        [
            $"--registries-conf={At("registries.conf")}",
            $"--kubelet-auth-file={At("none")}",
            "--auth-dir=/etc/crio/auth",
        ];

    public void Dispose()
    {
        Api.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
