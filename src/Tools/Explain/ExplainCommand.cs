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
/// <c>explain IMAGE</c>: makes the same decisions as the kubelet's run, and prints them instead of writing an auth
/// file. It changes nothing and prints no secret.
/// </summary>
internal static class ExplainCommand
{
    public static readonly Command Row = new(
        "explain",
        "explain which credentials a pull of an image would get, and why",
        """
        Tells where CRI-O will pull an image from, which credential it will find for each of
        these places, which secret and key it comes from, which keys were ignored and why,
        and which file would be written. Changes nothing, and prints no password and no token.
        Give the secrets by one of --namespace, --token-file, --request and --secrets; "-" is stdin.
        With --namespace alone, it requests a token with the kubeconfig at hand. Without any of them, it
        lists the places and the keys that a pull secret can have for them.

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
        Options = [.. ExplainOptions.Own, .. PodPullCommand.Options, CommonOptions.Output],
        Settings = OptionTable.Select(
            "registries-conf",
            "registries-conf-dir",
            "auth-dir",
            "access-record",
            "kubelet-root-dir",
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
            "3 it could not be determined",
        ],
        Examples =
        [
            "crio-credential-provider explain quay.io/team/app:1.2",
            "crio-credential-provider explain quay.io/team/app:1.2 --namespace team-a",
            "crio-credential-provider explain quay.io/team/app:1.2 --secrets secrets.yaml",
            "kubectl get secrets -n team-a -o yaml | crio-credential-provider explain nginx --secrets -",
            "kubectl create token -n team-a default | crio-credential-provider explain nginx --token-file -",
            "crio-credential-provider explain --request request.json --output json",
            "crio-credential-provider explain --pod team-a/web",
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

        if (ExplainOptions.Misuse(line) is { } problem || !TryReadImage(line, out var image, out problem))
        {
            throw CommandException.Misuse(problem);
        }

        var input = ExplainInput.Read(line, node);
        if (input.Misuse is { } misuse)
        {
            throw CommandException.Misuse(misuse);
        }

        image ??= PodImage.OfRequest(input.RequestedImage!);
        var settings = NamedRegistriesConf.WithoutForeignDropIns(line.Settings) with
        {
            // A token is valid only in the cluster that issued it.
            Kubeconfig = input.Kubeconfig ?? line.Settings.Kubeconfig,
            ApiServerEnvFile = input.Kubeconfig is null ? line.Settings.ApiServerEnvFile : "",
        };
        var journal = new RunJournal(_ => { }, node.RunId, Priority.Debug, terminal: null);
        node = BesideKubelet(node);
        List<RegistriesConfDocument> documents = [];
        var decider = new PullDecider(node, settings, journal, documents);
        SecretListing? listing = null;
        PullDecision decision;
        using (new SlowNotice(node, "asking the API server ...", SlowNotice.UsualDelay))
        {
            decision = decider.Decide(image.Name, AddSecrets);
        }

        decision.Conf.RequireNamedMain();
        var ignored = RegistriesConfReview
            .IgnoredKeys(documents)
            .Select(remark => new Notice(Reasons.RegistriesConfKeyIgnored, remark.Line));
        var explanation = Explanation.Of(
            image,
            input,
            listing,
            decision,
            settings,
            node.ApiFiles,
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

    /// <summary>Adds the running kubelet's command line, which the kubelet's run reads from its parent.</summary>
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
            // Only root can read other users' processes. The well-known files remain.
            return node;
        }
    }

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

    /// <summary>A user may have pasted a token or a password, which must not be printed.</summary>
    private static string Quoted(string image)
    {
        var couldHoldSecret =
            image.Length > RepositoryGrammar.MaximumLength
            || image.StartsWith("eyJ", StringComparison.Ordinal)
            || OneLine.HasUser(image);
        return couldHoldSecret ? "the image" : $"image \"{OneLine.Of(image)}\"";
    }
}
