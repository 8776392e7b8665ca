// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Whose pull is explained, and where its secrets come from: an API token, a request, or manifests.</summary>
internal sealed record ExplainInput
{
    private static readonly Dictionary<string, string> NoAnnotations = [];

    /// <summary><c>token</c>, <c>request</c>, <c>secrets</c> or <c>none</c>, as in the JSON output.</summary>
    public required string Kind { get; init; }

    /// <summary>The files, <c>-</c> for stdin.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The pod's; null for a request without a token.</summary>
    public string? Namespace { get; init; }

    /// <summary>Of the token; null for manifests.</summary>
    public PodIdentity? Identity { get; init; }

    /// <summary>To ask the API with; null when it is not asked.</summary>
    public Secret? Token { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = NoAnnotations;

    /// <summary>Of manifests, in the namespace.</summary>
    public IReadOnlyList<PullSecret> Secrets { get; init; } = [];

    /// <summary>What was passed over in the manifests.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>The image that a request names.</summary>
    public RepositoryName? RequestedImage { get; init; }

    /// <summary>Why the kubelet's run would end before it looks for anything.</summary>
    public Reason? WhyNothing { get; init; }

    /// <summary>What the command line leaves open; null when nothing.</summary>
    public string? Misuse { get; init; }

    /// <exception cref="ProviderException">A file or stdin cannot be read, or is not what it should be.</exception>
    public static ExplainInput Read(CommandInput line, Node node) =>
        line.Text(ExplainCommand.TokenFile.Flag) is { } token
            ? OfToken(token, line.Text(ExplainCommand.PullSecrets.Flag), node)
        : line.Text(ExplainCommand.Request.Flag) is { } request ? OfRequest(request, node)
        : !line.Has(ExplainCommand.Secrets.Flag) ? new ExplainInput { Kind = "none", Files = [] }
        : OfManifests(line.Texts(ExplainCommand.Secrets.Flag), line.Text(ExplainCommand.Namespace.Flag), node);

    private static ExplainInput OfToken(string path, string? pullSecrets, Node node)
    {
        var token = new Secret(InputReader.ReadText(path, node).Trim());
        if (token.IsEmpty)
        {
            throw InputReader.Unusable(path, "it is empty", "pass what \"kubectl create token\" prints");
        }

        try
        {
            var identity = TokenParser.Parse(token);
            return new ExplainInput
            {
                Kind = "token",
                Files = [path],
                Namespace = identity.Namespace,
                Identity = identity,
                Token = token,
                Annotations = pullSecrets is null
                    ? NoAnnotations
                    : new Dictionary<string, string> { [PullSecretsAnnotation.Key] = pullSecrets },
            };
        }
        catch (ProviderException e) when (e.Reason == Reasons.TokenMalformed)
        {
            throw new ProviderException(
                e.Reason,
                $"{InputReader.Name(path)}: {e.Problem}",
                "pass what \"kubectl create token\" prints"
            );
        }
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
