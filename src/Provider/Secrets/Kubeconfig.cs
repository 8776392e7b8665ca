// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The current context's cluster, found as in client-go (clientcmd, DirectClientConfig.getContext and getCluster): an
/// empty name is a name, for contexts and clusters alike. Users are never read: with the kubelet's identity, the API
/// server would no longer enforce what the pod may see.
/// </summary>
/// <param name="Cluster">The cluster's name, for messages.</param>
/// <param name="Server">Null if the cluster has none.</param>
/// <param name="AuthorityFile">Absolute, or relative to the kubeconfig's directory.</param>
/// <param name="AuthorityData">PEM in base64; takes precedence over the file.</param>
/// <param name="TlsServerName">The name that the server's certificate must have.</param>
internal sealed record Kubeconfig(
    string Cluster,
    string? Server,
    string? AuthorityFile,
    string? AuthorityData,
    string? TlsServerName
)
{
    /// <param name="path">For messages.</param>
    /// <param name="bytes">YAML or JSON.</param>
    /// <exception cref="ProviderException">
    /// The file is not a kubeconfig, or lacks the context or cluster that it names.
    /// </exception>
    public static Kubeconfig Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Of(KubeconfigDocument.Parse(bytes));
        }
        catch (FormatException e)
        {
            throw Invalid(path, e.Message);
        }
    }

    public static ProviderException Invalid(string path, string why) =>
        new(
            Reasons.KubeconfigInvalid,
            $"kubeconfig \"{path}\" cannot be used: {why}",
            "correct it, or give --api-server and --certificate-authority"
        );

    private static Kubeconfig Of(KubeconfigDocument document)
    {
        var context = document.Context;
        var name = context is null ? "" : KubeconfigDocument.Text(context, "cluster") ?? "";
        var cluster = document.Named("clusters", "cluster", name)
            ?? throw new FormatException(
                context is null
                    ? "it has no current-context"
                    : $"cluster \"{OneLine.Of(name)}\" of its current context is not one of its clusters"
            );
        return new Kubeconfig(
            name,
            KubeconfigDocument.Text(cluster, "server"),
            KubeconfigDocument.Text(cluster, "certificate-authority"),
            KubeconfigDocument.Text(cluster, "certificate-authority-data"),
            KubeconfigDocument.Text(cluster, "tls-server-name")
        );
    }
}
