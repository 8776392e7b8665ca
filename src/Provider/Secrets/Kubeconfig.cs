// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The current context's cluster, found as client-go finds it (clientcmd, DirectClientConfig.getContext and
/// getCluster): an empty name is a name, for contexts and clusters alike. Users are never used: with the kubelet's
/// identity, the API server would no longer enforce what the pod may see.
/// </summary>
/// <param name="Cluster">The cluster's name, for messages.</param>
/// <param name="Server">Null: the cluster has none.</param>
/// <param name="AuthorityFile">Absolute, or relative to the kubeconfig's directory.</param>
/// <param name="AuthorityData">PEM in base64; goes before the file.</param>
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
    /// Not a kubeconfig, or one without the context or cluster that it names.
    /// </exception>
    public static Kubeconfig Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Of(KubeconfigYaml.Read(bytes));
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

    private static Kubeconfig Of(object? document)
    {
        var root = Members(document, "it");
        var contextName = Text(root, "current-context") ?? "";
        var context = Named(root, "contexts", "context", contextName);
        if (context is null && contextName.Length > 0)
        {
            throw new FormatException($"its current-context \"{OneLine.Of(contextName)}\" is not one of its contexts");
        }

        var clusterName = context is null ? "" : Text(context, "cluster") ?? "";
        var cluster = Named(root, "clusters", "cluster", clusterName)
            ?? throw new FormatException(
                context is null
                    ? "it has no current-context"
                    : $"cluster \"{OneLine.Of(clusterName)}\" of its current context is not one of its clusters"
            );
        return new Kubeconfig(
            clusterName,
            Text(cluster, "server"),
            Text(cluster, "certificate-authority"),
            Text(cluster, "certificate-authority-data"),
            Text(cluster, "tls-server-name")
        );
    }

    /// <summary>The entry of that name, without its name; null: there is none.</summary>
    private static Dictionary<string, object?>? Named(
        Dictionary<string, object?> root,
        string list,
        string member,
        string name
    )
    {
        Dictionary<string, object?>? found = null;
        foreach (
            var item in root.GetValueOrDefault(list) switch
            {
                null => [],
                List<object?> items => items,
                _ => throw new FormatException($"its {list} are not a list"),
            }
        )
        {
            var entry = Members(item, $"an entry of its {list}");
            if ((Text(entry, "name") ?? "") == name)
            {
                // client-go refuses such a file (clientcmd/api/v1, Convert_Slice_v1_NamedCluster_To_Map).
                found = found is null
                    ? Members(entry.GetValueOrDefault(member), $"the {member} of \"{OneLine.Of(name)}\"")
                    : throw new FormatException($"two of its {list} are named \"{OneLine.Of(name)}\"");
            }
        }

        return found;
    }

    private static Dictionary<string, object?> Members(object? value, string what) =>
        value switch
        {
            null => [],
            Dictionary<string, object?> members => members,
            _ => throw new FormatException($"{what} is not a mapping"),
        };

    /// <summary>Null: absent, null, or empty, which is the same to client-go.</summary>
    private static string? Text(Dictionary<string, object?> members, string name) =>
        members.GetValueOrDefault(name) switch
        {
            null or "" => null,
            string text => text,
            _ => throw new FormatException($"its {name} is not a string"),
        };
}
