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
    TimeSpan Timeout);

/// <summary>Where Kubernetes distributions keep what leads to the API server.</summary>
internal sealed record ApiServerFiles
{
    /// <summary>
    /// kubeadm's, OpenShift's (kept current when the CA rotates), the kubelet's own after bootstrap, and that of MicroShift's
    /// built-in kubelet, which no command line names (microshift pkg/config KubeConfigPath).
    /// </summary>
    public IReadOnlyList<string> Kubeconfigs { get; init; } =
    [
        "/etc/kubernetes/kubelet.conf", "/etc/kubernetes/kubeconfig", "/var/lib/kubelet/kubeconfig",
        "/var/lib/microshift/resources/kubelet/kubeconfig",
    ];

    public string ClusterCa { get; init; } = "/etc/kubernetes/pki/ca.crt";

    /// <summary>The parent's arguments: the kubelet's, which name its kubeconfig; null: read from <c>/proc</c>.</summary>
    public IReadOnlyList<string>? ParentArguments { get; init; }

    public string Fallback { get; init; } = "localhost:6443";

    /// <summary>SSL_CERT_FILE: a file with the CAs of the system store, in place of the usual ones.</summary>
    public string? SystemStoreFile { get; init; }

    /// <summary>SSL_CERT_DIR: directories with CAs of the system store, between colons.</summary>
    public string? SystemStoreDirectory { get; init; }

    /// <summary>Reads them.</summary>
    public SmallFileReader Reader { get; init; } = SmallFileReader.ThisNode;
}
