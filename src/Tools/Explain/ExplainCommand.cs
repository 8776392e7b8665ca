// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.PodPulls;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>
/// <c>explain IMAGE</c>: the kubelet's run up to its decision, printed instead of written. Nothing is changed anywhere,
/// and no secret is printed.
/// </summary>
internal static class ExplainCommand
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
        "take Secrets from manifests, YAML or JSON, without the API; may stand more than once"
    )
    {
        Letter = 'f',
        IsPath = true,
        IsRepeatable = true,
    };

    public static readonly CommandOption Namespace = new(
        "namespace",
        "NAME",
        "the manifests', else default",
        "with --secrets: the pod's namespace"
    )
    {
        Letter = 'n',
    };

    public static readonly CommandOption PullSecrets = new(
        "pull-secrets",
        "NAME,...",
        "none: the secrets are listed",
        $"with --token-file: the service account's annotation {PullSecretsAnnotation.Key}"
    );

    public static readonly Command Row = new(
        "explain",
        "tell what a pull of an image would get, and why",
        """
        Tells where CRI-O will pull an image from, which credential it will find for each of
        these places, which secret and key it comes from, which keys were passed over and why,
        and which file would be written. Changes nothing, and prints no password and no token.
        Give the secrets by one of --token-file, --request and --secrets; "-" is stdin. Without any of
        them, it lists the places and the keys that a pull secret can have for them.

        With --pod, it explains why the images of a pod are not pulled: what each run wrote and why not,
        what each registry answered, and what to do next. It uses the parts that it can read, and names
        the others.
        """
    )
    {
        Arguments =
        [
            new CommandArgument(
                "IMAGE",
                "as a pod names it: nginx, quay.io/team/app:1.2, host:5000/x@sha256:...",
                IsRequired: false
            ),
        ],
        Options =
        [
            TokenFile,
            Request,
            Secrets,
            Namespace,
            PullSecrets,
            .. PodPullCommand.Options,
            CommonOptions.Output,
        ],
        Settings = OptionTable.Select(
            "registries-conf",
            "registries-conf-dir",
            "auth-dir",
            "kubelet-auth-file",
            "api-server",
            "api-server-env-file",
            "kubeconfig",
            "certificate-authority",
            "tls-server-name",
            "insecure-skip-tls-verify",
            "timeout"
        ),
        ExitCodes =
        [
            "0 a file would be written, or without secrets: the image has a mirror",
            "1 no file would be written",
            "3 it could not be found out",
        ],
        Examples =
        [
            "crio-credential-provider explain quay.io/team/app:1.2",
            "crio-credential-provider explain quay.io/team/app:1.2 --secrets secrets.yaml",
            "kubectl get secrets -n team-a -o yaml | crio-credential-provider explain nginx --secrets -",
            "kubectl create token -n team-a default | crio-credential-provider explain nginx --token-file -",
            "crio-credential-provider explain --request request.json --output json",
            "kubectl get pods,events -n team-a -o json | crio-credential-provider explain --pod team-a/web --objects -",
        ],
        Run = (line, node) => Task.FromResult(Explain(line, node)),
    };

    private static int Explain(CommandInput line, Node node)
    {
        if (PodPullCommand.Misuse(line) is { } wrong)
        {
            throw CommandException.Misuse(wrong);
        }

        if (line.Has(PodPullCommand.Pod.Flag))
        {
            return PodPullCommand.Run(line, node);
        }

        if (Misuse(line) is { } problem || !TryReadImage(line, out var image, out problem))
        {
            throw CommandException.Misuse(problem);
        }

        var input = ExplainInput.Read(line, node);
        if (input.Misuse is { } misuse)
        {
            throw CommandException.Misuse(misuse);
        }

        image ??= PodImage.OfRequest(input.RequestedImage!);
        var settings = NamedRegistriesConf.WithoutForeignDropIns(line.Settings);
        var journal = new RunJournal(_ => { }, node.RunId, Priority.Debug, terminal: null);
        var decider = new PullDecider(BesideKubelet(node), settings, journal);
        SecretListing? listing = null;
        PullDecision decision;
        using (new SlowNotice(node, "asking the API server ...", SlowNotice.UsualDelay))
        {
            decision = decider.Decide(image.Name, AddSecrets);
        }

        decision.Conf.RequireNamedMain();
        var ignored = RegistriesConfReview
            .IgnoredKeys(decider.RegistriesConfPaths)
            .Select(remark => new Notice(Reasons.RegistriesConfKeyIgnored, remark.Line));
        var explanation = Explanation.Of(
            image,
            input,
            listing?.Server.Host,
            decision,
            settings,
            [.. journal.Notices, .. ignored]
        );
        return node.Print(
            line.Text(CommonOptions.Output.Flag) == "json"
                ? ExplanationJson.Of(explanation)
                : ExplanationText.Of(explanation, TextStyle.For(node)),
            explanation.WhyNothing is null || explanation.IsRoutingOnly ? ExitCode.Fine : ExitCode.Finding
        );

        void AddSecrets(CredentialMatcher matcher)
        {
            foreach (var secret in input.Secrets)
            {
                matcher.Add(secret);
            }

            if (input.Token is { } token)
            {
                listing = decider.AddFromApi(matcher, input.Annotations, token, input.Identity!);
            }
        }
    }

    /// <summary>The kubelet's run learns the kubeconfig from its parent's command line; this one looks for the
    /// kubelet.</summary>
    private static Node BesideKubelet(Node node)
    {
        try
        {
            return
                node.ApiFiles.ParentArguments is null
                && NodeProcess.Find(new NodeFilesReader("/"), "kubelet") is { } kubelet
                ? node with
                {
                    ApiFiles = node.ApiFiles with { ParentArguments = kubelet.Arguments },
                }
                : node;
        }
        catch (FactUnknownException)
        {
            // Not root's, who sees all processes: the well-known files are left.
            return node;
        }
    }

    /// <summary>What is wrong with the options together; null when nothing is.</summary>
    private static string? Misuse(CommandInput line)
    {
        CommandOption[] given = [.. new[] { TokenFile, Request, Secrets }.Where(option => line.Has(option.Flag))];
        if (given.Length > 1)
        {
            return $"--{given[0].Flag} and --{given[1].Flag} exclude each other";
        }

        var source = given.Length == 0 ? null : given[0];
        var (has, isRequest) = (line.Arguments.Count > 0, source == Request);
        return has == isRequest
            ? isRequest
                ? "leave out IMAGE: the request names it"
                : "argument IMAGE is missing"
            : line.Has(Namespace.Flag) && source is null
                ? NeedsToken(line)
                : line.Has(Namespace.Flag) && source != Secrets
                    ? "--namespace belongs to --secrets: a token has a namespace of its own"
                    : line.Has(PullSecrets.Flag) && source != TokenFile
                        ? "--pull-secrets belongs to --token-file"
                        : line.Texts(Secrets.Flag).Count(path => path == "-") > 1
                            ? "stdin can be read only once"
                            : line.Text(Namespace.Flag) is { } ns && !Identity.NamespaceName.IsValid(ns)
                                ? $"\"{OneLine.Of(ns)}\" is no name of a namespace"
                                : null;
    }

    /// <summary>The line that makes a token of the namespace's, to copy.</summary>
    private static string NeedsToken(CommandInput line) =>
        "--namespace alone gives no secrets: pass a token of the namespace, for example by: "
        + $"kubectl create token -n {ShellWord.Of(line.Text(Namespace.Flag)!)} default | "
        + $"{BuildInfo.Program} explain {ShellWord.Of(line.Arguments[0])} --token-file -";

    private static bool TryReadImage(CommandInput line, out PodImage? image, out string problem)
    {
        (image, problem) = (null, "");
        if (line.Arguments.Count == 0 || PodImage.TryParse(line.Arguments[0], out image, out var why))
        {
            return true;
        }

        problem = $"{Quoted(line.Arguments[0])} cannot be used: {why}";
        return false;
    }

    /// <summary>Somebody may have pasted a token, or user and password in front of the host: those are not
    /// repeated.</summary>
    private static string Quoted(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var couldHoldSecret =
            image.Length > RepositoryGrammar.MaximumLength
            || image.StartsWith("eyJ", StringComparison.Ordinal)
            || (at >= 0 && !image.AsSpan(at).StartsWith("@sha", StringComparison.Ordinal));
        return couldHoldSecret ? "the image" : $"image \"{OneLine.Of(image)}\"";
    }
}
