// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Secrets;

/// <summary>What the options say about the API server; null where the search decides.</summary>
internal sealed record ApiServerOptions(
    string? ApiServer,
    string EnvFile,
    string? Kubeconfig,
    string? CertificateAuthority,
    string? TlsServerName,
    bool InsecureSkipTlsVerify,
    TimeSpan Timeout
);

/// <summary>Where Kubernetes distributions keep what leads to the API server.</summary>
internal sealed record ApiServerFiles
{
    private const int MaximumBytes = 1024 * 1024;

    /// <summary>
    /// kubeadm's; OpenShift's, which is kept current when the CA rotates; the kubelet's own after bootstrap; and those
    /// of kubelets inside another process, which no command line names: MicroShift's (pkg/config, KubeConfigPath) and
    /// k3s's (pkg/agent/config, kubelet.kubeconfig).
    /// </summary>
    public IReadOnlyList<string> Kubeconfigs { get; init; } =
    [
        "/etc/kubernetes/kubelet.conf",
        "/etc/kubernetes/kubeconfig",
        "/var/lib/kubelet/kubeconfig",
        "/var/lib/microshift/resources/kubelet/kubeconfig",
        "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
    ];

    /// <summary>
    /// An administrator's, for commands of people: kubeadm's, K3s' and MicroShift's. The kubelet's run reads none.
    /// </summary>
    public IReadOnlyList<string> AdministratorKubeconfigs { get; init; } =
    ["/etc/kubernetes/admin.conf", "/etc/rancher/k3s/k3s.yaml", "/var/lib/microshift/resources/kubeadmin/kubeconfig"];

    public string ClusterCa { get; init; } = "/etc/kubernetes/pki/ca.crt";

    /// <summary>
    /// The parent's arguments: the kubelet's, which name its kubeconfig; null: read from <c>/proc</c>.
    /// </summary>
    public IReadOnlyList<string>? ParentArguments { get; init; }

    public string Fallback { get; init; } = "localhost:6443";

    /// <summary>SSL_CERT_FILE: a file with the CAs of the system store, in place of the usual ones.</summary>
    public string? SystemStoreFile { get; init; }

    /// <summary>SSL_CERT_DIR: directories with CAs of the system store, between colons.</summary>
    public string? SystemStoreDirectory { get; init; }

    /// <summary>Reads them.</summary>
    public SmallFileReader Reader { get; init; } = SmallFileReader.ThisNode;

    /// <param name="path">An env file, a kubeconfig or a CA.</param>
    /// <param name="reason">The failure's, if it cannot be read.</param>
    /// <returns>Null: there is no such file.</returns>
    /// <exception cref="ProviderException">It is there, but it cannot be read, is special, or is too large.</exception>
    public byte[]? Read(string path, Reason reason)
    {
        try
        {
            return Reader.Read(path, MaximumBytes);
        }
        catch (UnreadableFileException e)
        {
            throw new ProviderException(reason, $"\"{path}\" cannot be read: {e.Message}", e.Hint);
        }
    }
}
