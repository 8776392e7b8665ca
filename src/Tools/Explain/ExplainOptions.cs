// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>The options of <c>explain IMAGE</c>, and the combinations that are invalid.</summary>
internal static class ExplainOptions
{
    public static readonly CommandOption TokenFile = new(
        "token-file",
        "FILE|-",
        "none",
        "ask the API with this service account token, as the kubelet's run does"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption Request = new(
        "request",
        "FILE|-",
        "none",
        "replay a request of the kubelet's; it names the image, so leave out IMAGE"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption Secrets = new(
        "secrets",
        "FILE|-",
        "none",
        "read Secrets from manifests (YAML or JSON) instead of the API; may be repeated"
    )
    {
        Letter = 'f',
        IsPath = true,
        IsRepeatable = true,
    };

    public static readonly CommandOption Namespace = new(
        "namespace",
        "NAME",
        "with --secrets: the manifests', else default",
        "the pod's namespace; without --secrets, its secrets are read with a token that the kubeconfig at hand requests"
    )
    {
        Letter = 'n',
        Check = value => NamespaceName.IsValid(value) ? null : "want the name of a namespace, for example \"team-a\"",
    };

    public static readonly CommandOption ServiceAccount = new(
        "service-account",
        "NAME",
        "default",
        "with --namespace: whose token is requested"
    )
    {
        Check = value =>
            SecretName.IsValid(value) ? null : "want the name of a service account, for example \"default\"",
    };

    public static readonly CommandOption PullSecrets = new(
        "pull-secrets",
        "NAME,...",
        "none: the secrets are listed",
        $"with --token-file or --namespace: the service account's annotation {PullSecretsAnnotation.Key}"
    );

    public static readonly CommandOption[] Own = [TokenFile, Request, Secrets, Namespace, ServiceAccount, PullSecrets];

    /// <summary>What is wrong with the combination of options; null if it is valid.</summary>
    public static string? Misuse(CommandInput line)
    {
        CommandOption[] sources = [.. new[] { TokenFile, Request, Secrets }.Where(option => line.Has(option.Flag))];
        var source = sources.FirstOrDefault();
        var (hasImage, hasNamespace) = (line.Arguments.Count > 0, line.Has(Namespace.Flag));
        return sources.Length > 1 ? $"--{sources[0].Flag} and --{sources[1].Flag} cannot be used together"
            : hasImage && source == Request ? "leave out IMAGE: the request names it"
            : !hasImage && source != Request ? "argument IMAGE is missing"
            : line.Has(ServiceAccount.Flag) && source is not null
                ? $"--service-account requests a token, and --{source.Flag} gives "
                    + $"{(source == Secrets ? "the secrets" : "one")}: use one of them"
            : line.Has(ServiceAccount.Flag) && !hasNamespace ? "--service-account requires --namespace"
            : hasNamespace && source is not null && source != Secrets
                ? "--namespace requires --secrets: a token contains its own namespace"
            : line.Has(PullSecrets.Flag) && source != TokenFile && (source is not null || !hasNamespace)
                ? "--pull-secrets requires --token-file"
            : line.Texts(Secrets.Flag).Count(path => path == "-") > 1 ? "stdin can be read only once"
            : null;
    }
}
