// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary><c>generate rbac</c>: the permissions that the nodes and a namespace's service account need.</summary>
internal static class RbacCommand
{
    public static readonly CommandOption Node = new(
        "node",
        "",
        "off",
        "let the nodes request tokens for this one audience"
    );

    public static readonly CommandOption Namespace = new(
        "namespace",
        "NAME",
        "none",
        "let a service account of this namespace read its secrets"
    )
    {
        Letter = 'n',
        Check = GenerateOptions.NamespaceLabel,
    };

    public static readonly CommandOption ServiceAccount = new(
        "service-account",
        "NAME",
        "default",
        "the service account of the pods"
    )
    {
        Check = GenerateOptions.ObjectName,
    };

    public static readonly CommandOption Secret = new(
        "secret",
        "NAME",
        "all of the namespace",
        "only this secret; may be repeated"
    )
    {
        Check = GenerateOptions.ObjectName,
        IsRepeatable = true,
    };

    public static readonly CommandOption PullSecrets = new(
        "pull-secrets",
        "NAME,...",
        "none",
        "only these secrets, which the service account's imagePullSecrets name"
    )
    {
        Check = value =>
            value.Split(',').Select(GenerateOptions.ObjectName).FirstOrDefault(problem => problem is not null),
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
        their names is in a comment.
        With --pull-secrets, it may get these secrets and itself: the program reads the names from the
        service account's imagePullSecrets, without an annotation and without any setting of the kubelet.
        """
    )
    {
        Options =
        [
            Node,
            Namespace,
            ServiceAccount,
            Secret,
            PullSecrets,
            GenerateOptions.Profile,
            GenerateOptions.Audience,
            GenerateOptions.TokenFile,
            .. GeneratedOutput.Options,
        ],
        ExitCodes = ["0 printed", "3 a file cannot be used or written"],
        Examples =
        [
            "crio-credential-provider generate rbac --node | kubectl apply -f -",
            "crio-credential-provider generate rbac --namespace team-a | kubectl apply -f -",
            "crio-credential-provider generate rbac --namespace team-a --service-account puller --secret mirror",
            "crio-credential-provider generate rbac --namespace team-a --service-account puller --pull-secrets "
                + "hub,mirror",
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
            var account = input.Text(ServiceAccount.Flag) ?? "default";
            var withItself = input.Has(PullSecrets.Flag);
            var secrets = SecretNames(input);
            documents.Add(
                Rbac.RemarksForServiceAccount(ns, account, secrets, withItself)
                    + Rbac.ForServiceAccount(ns, account, secrets, withItself)
            );
        }

        return string.Join("---\n", documents);
    }

    /// <summary>In order, without duplicates.</summary>
    private static string[] SecretNames(CommandInput input) =>
        [
            .. new SortedSet<string>(
                input.Text(PullSecrets.Flag)?.Split(',') ?? [.. input.Texts(Secret.Flag)],
                StringComparer.Ordinal
            ),
        ];

    private static string? WhyMisused(CommandInput input) =>
        !input.Has(Node.Flag) && !input.Has(Namespace.Flag) ? "give --node, --namespace, or both"
        : input.Has(ServiceAccount.Flag) && !input.Has(Namespace.Flag) ? "--service-account needs --namespace"
        : input.Has(Secret.Flag) && !input.Has(Namespace.Flag) ? "--secret needs --namespace"
        : input.Has(PullSecrets.Flag) && !input.Has(Namespace.Flag) ? "--pull-secrets needs --namespace"
        : input.Has(PullSecrets.Flag) && input.Has(Secret.Flag) ? "give --secret or --pull-secrets, not both"
        : input.Has(GenerateOptions.Audience.Flag) && input.Has(GenerateOptions.TokenFile.Flag)
            ? "give --audience or --token-file, not both"
        : !input.Has(Node.Flag)
        && (input.Has(GenerateOptions.Audience.Flag) || input.Has(GenerateOptions.TokenFile.Flag))
            ? "--audience and --token-file need --node"
        : SecretNames(input).Length > PullSecretNames.Maximum
            ? $"at most {PullSecretNames.Maximum} secrets can be named"
        : null;
}
