// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>Suggests the next step for a pull that fails.</summary>
internal static class PullAdvice
{
    /// <returns>Null if the pull does not fail.</returns>
    public static string? For(
        ImagePullReport image,
        string ns,
        string serviceAccount,
        string repository,
        bool hasJournal
    )
    {
        if (!image.IsFailing)
        {
            return null;
        }

        var explain =
            $"kubectl create token -n {ShellWord.Of(ns)} {ShellWord.Of(serviceAccount)} | {BuildInfo.Program} explain "
            + $"{ShellWord.Of(image.Image)} --token-file -";
        return image.Run switch
        {
            { Outcome: "failed" } => "correct what the run reports; the kubelet tries again by itself",
            { Code: "CP510" } => $"no key of the namespace's pull secrets matches: {explain}",
            null
                when hasJournal
                    && image.Answers.All(answer => answer.Kind is AnswerKind.Unauthorized or AnswerKind.Denied) =>
                $"the kubelet did not run the provider for this image: check matchImages with {BuildInfo.Program} "
                    + "doctor --check CP004",
            _ => image.Answers.Select(answer => For(answer, image.Run, repository)).FirstOrDefault()
                ?? $"see what a pull would get: {explain}",
        };
    }

    private static string For(RegistryAnswer answer, ProviderRun? run, string repository)
    {
        var place = PodImage.TryParse(answer.Reference, out var parsed, out _) ? parsed!.Name.Text : repository;
        var host = place.Split('/')[0];
        return answer.Kind switch
        {
            AnswerKind.Unauthorized
                when run?.Keys.FirstOrDefault(key => RepositoryName.Covers(key.Registry, place)) is { } key =>
                $"{host} rejects the credential of secret \"{key.Secret}\" (key \"{key.Registry}\"): correct its user "
                    + "name and password",
            AnswerKind.Unauthorized =>
                $"{host} requires a credential, and no key covers {place}: add one for \"{host}\" to a pull secret",
            AnswerKind.Denied =>
                $"{host} accepts the credential, but not for {place}: let that user pull this repository",
            AnswerKind.NotFound =>
                $"{host} does not have this image: check the tag, and whether the image has been mirrored",
            AnswerKind.RateLimited =>
                $"{host} limits the number of pulls: wait, or use a credential with a higher limit",
            AnswerKind.Certificate => $"CRI-O does not trust {host}: put the CA of its certificate into "
                + $"/etc/containers/certs.d/{host}/ca.crt",
            AnswerKind.TimedOut or AnswerKind.Unreachable =>
                $"the node cannot reach {host}: check name resolution, firewall and proxy there",
            AnswerKind.Blocked => "registries.conf blocks this registry: pull from the mirror, or remove the block",
            AnswerKind.ServerError => $"{host} has an internal error: ask its operator",
            _ => $"{host} responds: {answer.Text}",
        };
    }
}
