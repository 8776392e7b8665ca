// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>The pull to explain, and the source of its secrets: an API token, a request, or manifests.</summary>
internal sealed record ExplainInput
{
    private static readonly Dictionary<string, string> NoAnnotations = [];

    /// <summary>
    /// <c>token</c>, <c>token-request</c>, <c>request</c>, <c>secrets</c> or <c>none</c>, as in the JSON output.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The input files; <c>-</c> is stdin.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The pod's namespace; null for a request without a token.</summary>
    public string? Namespace { get; init; }

    /// <summary>The token's identity; null for manifests.</summary>
    public PodIdentity? Identity { get; init; }

    /// <summary>The token for the API server; null if the API server is not asked.</summary>
    public Secret? Token { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = NoAnnotations;

    /// <summary>The secrets from manifests in the namespace.</summary>
    public IReadOnlyList<PullSecret> Secrets { get; init; } = [];

    /// <summary>Notices about secrets in the manifests that were ignored.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>The image that a request names.</summary>
    public RepositoryName? RequestedImage { get; init; }

    /// <summary>Why the kubelet's run would end before it reads any secret.</summary>
    public Reason? WhyNothing { get; init; }

    /// <summary>What is missing on the command line; null if nothing is.</summary>
    public string? Misuse { get; init; }

    /// <summary>
    /// The kubeconfig with which the token was requested; null if the API server is found as in the kubelet's run.
    /// </summary>
    public string? Kubeconfig { get; init; }

    /// <exception cref="ProviderException">
    /// A file or stdin cannot be read or is invalid, or no token could be requested.
    /// </exception>
    public static ExplainInput Read(CommandInput line, Node node)
    {
        var (ns, pullSecrets) = (line.Text(ExplainOptions.Namespace.Flag), line.Text(ExplainOptions.PullSecrets.Flag));
        return line.Text(ExplainOptions.TokenFile.Flag) is { } token ? OfTokenFile(token, pullSecrets, node)
            : line.Text(ExplainOptions.Request.Flag) is { } request ? OfRequest(request, node)
            : line.Has(ExplainOptions.Secrets.Flag) ? OfManifests(line.Texts(ExplainOptions.Secrets.Flag), ns, node)
            : ns is not null ? OfServiceAccount(ns, pullSecrets, line, node)
            : new ExplainInput { Kind = "none", Files = [] };
    }

    /// <summary>Requests a token as <c>kubectl create token</c> does.</summary>
    private static ExplainInput OfServiceAccount(string ns, string? pullSecrets, CommandInput line, Node node)
    {
        var account = line.Text(ExplainOptions.ServiceAccount.Flag) ?? "default";
        try
        {
            using var access = ClusterAccess.Open(line.Settings, node, includeKubelets: false);
            using var notice = new SlowNotice(node, "asking the API server ...", SlowNotice.UsualDelay);
            return OfToken(access.RequestToken(ns, account), pullSecrets) with
            {
                Kind = "token-request",
                Files = [access.Path],
                Kubeconfig = access.Path,
            };
        }
        catch (ProviderException e) when (e.Hint.Length == 0)
        {
            // The user's kubectl, perhaps on another machine, may have the permission that is missing here.
            var command = ShellCommand.Of(
                $"kubectl create token -n {ns} {account} | "
                    + $"{BuildInfo.Program} explain {line.Arguments[0]} --token-file -"
            );
            throw new ProviderException(e.Reason, e.Problem, command.Text);
        }
    }

    private static ExplainInput OfTokenFile(string path, string? pullSecrets, Node node)
    {
        const string Hint = "pass what \"kubectl create token\" prints";
        var token = new Secret(InputReader.ReadText(path, node).Trim());
        if (token.IsEmpty)
        {
            throw InputReader.Unusable(path, "it is empty", Hint);
        }

        try
        {
            return OfToken(token, pullSecrets) with { Files = [path] };
        }
        catch (ProviderException e) when (e.Reason == Reasons.TokenMalformed)
        {
            throw new ProviderException(e.Reason, $"{InputReader.Name(path)}: {e.Problem}", Hint);
        }
    }

    private static ExplainInput OfToken(Secret token, string? pullSecrets)
    {
        var identity = TokenParser.Parse(token);
        return new ExplainInput
        {
            Kind = "token",
            Files = [],
            Namespace = identity.Namespace,
            Identity = identity,
            Token = token,
            Annotations = pullSecrets is null
                ? NoAnnotations
                : new Dictionary<string, string> { [PullSecretsAnnotation.Key] = pullSecrets },
        };
    }

    private static ExplainInput OfRequest(string path, Node node)
    {
        var request = RequestParser.Parse(
            InputReader.ReadBytes(path, node),
            path == "-" ? "on stdin" : $"in {InputReader.Name(path)}"
        );
        var token = request.ApiVersion == RequestParser.V1 ? request.Token : null;
        var identity = token is null ? null : TokenParser.Parse(token);
        return new ExplainInput
        {
            Kind = "request",
            Files = [path],
            Namespace = identity?.Namespace,
            Identity = identity,
            Token = token,
            Annotations = request.Annotations,
            RequestedImage = request.Image,
            WhyNothing =
                token is not null ? null
                : request.ApiVersion == RequestParser.V1 ? Reasons.NoToken
                : Reasons.VersionWithoutToken,
        };
    }

    private static ExplainInput OfManifests(IReadOnlyList<string> paths, string? ns, Node node)
    {
        var all = new SecretManifests();
        foreach (var path in paths)
        {
            all.Add(path, InputReader.ReadText(path, node, InputReader.ManifestBytes));
        }

        if (!all.HasAny)
        {
            throw InputReader.Unusable(paths[0], "there is no Secret in it", SecretManifests.Hint);
        }

        if (ns is null && all.Namespaces.Count > 1)
        {
            return new ExplainInput
            {
                Kind = "secrets",
                Files = paths,
                Misuse =
                    "the Secrets are of namespaces "
                    + $"{string.Join(", ", all.Namespaces.Take(5).Select(name => $"\"{OneLine.Of(name)}\""))}"
                    + $"{(all.Namespaces.Count > 5 ? " and more" : "")}: pick one with --namespace",
            };
        }

        ns ??= all.Namespaces.FirstOrDefault() ?? "default";
        List<Notice> notices = [.. all.Notices];
        return new ExplainInput
        {
            Kind = "secrets",
            Files = paths,
            Namespace = ns,
            Secrets = all.OfNamespace(ns, notices),
            Notices = notices,
        };
    }
}
