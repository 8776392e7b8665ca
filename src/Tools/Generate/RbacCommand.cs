using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary><c>generate rbac</c>: what the nodes and a namespace's service account must be allowed.</summary>
internal static class RbacCommand
{
    public static readonly CommandOption Node = new("node", "", "off", "let the nodes ask for tokens of this one audience");

    public static readonly CommandOption Namespace = new(
        "namespace", "NAME", "none", "let a service account of this namespace read its secrets")
    {
        Letter = 'n',
        Check = GenerateOptions.NamespaceLabel,
    };

    public static readonly CommandOption ServiceAccount = new(
        "service-account", "NAME", "default", "the service account of the pods")
    {
        Check = GenerateOptions.ObjectName,
    };

    public static readonly CommandOption Secret = new(
        "secret", "NAME", "all of the namespace", "only this secret; may stand more than once")
    {
        Check = GenerateOptions.ObjectName,
        IsRepeatable = true,
    };

    public static readonly Command Row = new(
        "rbac",
        "ClusterRole for the nodes, Role for a namespace",
        """
        Prints what must be allowed, for kubectl apply -f -.

        With --node: a ClusterRole by which the group system:nodes may ask for service account tokens of
        one audience. Once for a cluster.

        With --namespace: a Role by which a service account may get and list the secrets of its namespace.
        With --secret, it may get these secrets only; the command that annotates the service account with
        their names stands in a comment.
        """)
    {
        Options = [Node, Namespace, ServiceAccount, Secret, GenerateOptions.Profile, GenerateOptions.Audience, GenerateOptions.TokenFile, .. GeneratedOutput.Options],
        ExitCodes = ["0 printed", "3 a file cannot be used or written"],
        Examples =
        [
            "crio-credential-provider generate rbac --node | kubectl apply -f -",
            "crio-credential-provider generate rbac --namespace team-a | kubectl apply -f -",
            "crio-credential-provider generate rbac --namespace team-a --service-account puller --secret mirror",
        ],
        Run = GeneratedOutput.Of(Text),
    };

    private static string Text(CommandInput input, Node node)
    {
        if (WhyMisused(input) is { } why)
        {
            throw CommandException.Misuse(why);
        }

        List<string> documents = [];
        if (input.Has(Node.Flag))
        {
            var audience = TokenAudience.From(input, node, Profile.Of(input, Profile.Kubeadm));
            documents.Add(Rbac.RemarksForNodes(audience) + Rbac.ForNodes(audience.Value));
        }

        if (input.Text(Namespace.Flag) is { } ns)
        {
            string[] secrets = [.. new SortedSet<string>(input.Texts(Secret.Flag), StringComparer.Ordinal)];
            var account = input.Text(ServiceAccount.Flag) ?? "default";
            documents.Add(Rbac.RemarksForServiceAccount(ns, account, secrets) + Rbac.ForServiceAccount(ns, account, secrets));
        }

        return string.Join("---\n", documents);
    }

    private static string? WhyMisused(CommandInput input) =>
        !input.Has(Node.Flag) && !input.Has(Namespace.Flag) ? "give --node, --namespace, or both"
        : input.Has(ServiceAccount.Flag) && !input.Has(Namespace.Flag) ? "--service-account needs --namespace"
        : input.Has(Secret.Flag) && !input.Has(Namespace.Flag) ? "--secret needs --namespace"
        : input.Has(GenerateOptions.Audience.Flag) && input.Has(GenerateOptions.TokenFile.Flag) ? "give --audience or --token-file, not both"
        : !input.Has(Node.Flag) && (input.Has(GenerateOptions.Audience.Flag) || input.Has(GenerateOptions.TokenFile.Flag))
            ? "--audience and --token-file need --node"
        : input.Texts(Secret.Flag).Distinct().Count() > PullSecretsAnnotation.MaximumNames
            ? $"at most {PullSecretsAnnotation.MaximumNames} secrets can be named"
        : null;
}
