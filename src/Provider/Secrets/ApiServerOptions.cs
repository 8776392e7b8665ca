// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Secrets;

/// <summary>The options about the API server; null for values that the search determines.</summary>
internal sealed record ApiServerOptions(
    string? ApiServer,
    string EnvFile,
    string? Kubeconfig,
    string? CertificateAuthority,
    string? TlsServerName,
    bool InsecureSkipTlsVerify,
    TimeSpan Timeout
);

/// <summary>Where Kubernetes distributions keep the files that lead to the API server.</summary>
internal sealed record ApiServerFiles
{
    private const int MaximumBytes = 1024 * 1024;

    /// <summary>
    /// kubeadm's; OpenShift's, which is kept current when the CA rotates; the kubelet's own after bootstrap; and those
    /// of kubelets embedded in another process, which no command line names: MicroShift's (pkg/config, KubeConfigPath)
    /// and k3s's (pkg/agent/config, kubelet.kubeconfig).
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
    /// Administrator kubeconfigs of kubeadm, K3s and MicroShift, for commands that people run. The kubelet's run reads
    /// none of them.
    /// </summary>
    public IReadOnlyList<string> AdministratorKubeconfigs { get; init; } =
    ["/etc/kubernetes/admin.conf", "/etc/rancher/k3s/k3s.yaml", "/var/lib/microshift/resources/kubeadmin/kubeconfig"];

    public string ClusterCa { get; init; } = "/etc/kubernetes/pki/ca.crt";

    /// <summary>
    /// The arguments of the parent process, the kubelet, which name its kubeconfig; null: read from <c>/proc</c>.
    /// </summary>
    public IReadOnlyList<string>? ParentArguments { get; init; }

    public string Fallback { get; init; } = "localhost:6443";

    /// <summary>SSL_CERT_FILE: a file with the CAs of the system store, instead of the usual ones.</summary>
    public string? SystemStoreFile { get; init; }

    /// <summary>SSL_CERT_DIR: directories with CAs of the system store, separated by colons.</summary>
    public string? SystemStoreDirectory { get; init; }

    /// <summary>Reads these files.</summary>
    public SmallFileReader Reader { get; init; } = SmallFileReader.ThisNode;

    /// <param name="path">An env file, a kubeconfig or a CA.</param>
    /// <param name="reason">The reason of the failure if the file cannot be read.</param>
    /// <returns>Null if the file does not exist.</returns>
    /// <exception cref="ProviderException">
    /// The file exists, but is unreadable, not a regular file, or too large.
    /// </exception>
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
