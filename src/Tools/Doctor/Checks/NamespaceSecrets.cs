// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.Explain;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// The pull secrets that CP012 matches: those of the manifests that --secrets names, otherwise those that the API
/// server returns for the service account.
/// </summary>
internal static class NamespaceSecrets
{
    /// <summary>Gives the secrets to the matcher, and reports those that are skipped.</summary>
    /// <returns>Their namespace and number.</returns>
    /// <exception cref="CheckSkippedException">There is no token, no permission, or more than one
    /// namespace.</exception>
    public static (string Namespace, int Count) Add(Findings found, NodeView view, CredentialMatcher matcher)
    {
        var files = view.Options(DoctorOptions.Secrets.Flag);
        if (files.Count > 0)
        {
            return AddFromFiles(found, view, matcher, files);
        }

        var (token, identity) = view.Account.RequireToken(", or manifests of its secrets (--secrets FILE)");
        var (ns, account) = view.Account.AskedFor(identity);
        var asked = identity with { Namespace = ns, ServiceAccount = account };
        found.Note($"asked for the secrets of service account \"{account}\" in namespace \"{ns}\"");
        var listing = Read(new PullSecretQuery(view.ApiServer, token, asked, null, view.Settings.MaxListSize), matcher);
        if (listing is { Selection: SecretSelection.ImagePullSecrets, Names: { } names })
        {
            var list = names.Count == 0 ? "none" : string.Join(", ", names);
            found.Note($"it may not list secrets; its imagePullSecrets name: {list}");
        }

        foreach (var notice in listing.Notices)
        {
            found.Warn(notice.Message);
        }

        return (ns, listing.Count);
    }

    /// <summary>Reads the secrets in the same way as the kubelet's run.</summary>
    /// <exception cref="CheckSkippedException">The account may not read any secret.</exception>
    private static SecretListing Read(PullSecretQuery query, CredentialMatcher matcher)
    {
        try
        {
            return PullSecretClient.Read(query, matcher.Clear, matcher.Add);
        }
        catch (ProviderException e) when (e.Reason == Reasons.Forbidden)
        {
            // CP011 knows which Role exists, and does not print a Role of the same name with other permissions.
            throw new CheckSkippedException($"{e.Problem}: see CP011", isUndetermined: true);
        }
    }

    private static (string Namespace, int Count) AddFromFiles(
        Findings found,
        NodeView view,
        CredentialMatcher matcher,
        IReadOnlyList<string> files
    )
    {
        var manifests = new SecretManifests();
        foreach (var file in files)
        {
            manifests.Add(file, InputReader.ReadText(file, view.Node, InputReader.ManifestBytes));
        }

        if (view.Option(DoctorOptions.Namespace.Flag) is null && manifests.Namespaces.Count > 1)
        {
            throw new CheckSkippedException(
                $"the manifests are of {manifests.Namespaces.Count} namespaces",
                isUndetermined: true,
                Fix.Run(
                    $"crio-credential-provider doctor --check CP012 --namespace {manifests.Namespaces.First()} "
                        + $"--secrets FILE"
                )
            );
        }

        var ns = view.Option(DoctorOptions.Namespace.Flag) ?? manifests.Namespaces.FirstOrDefault() ?? "default";
        List<Notice> skipped = [];
        var secrets = manifests.OfNamespace(ns, skipped);
        foreach (var secret in secrets)
        {
            matcher.Add(secret);
        }

        foreach (var notice in manifests.Notices.Concat(skipped))
        {
            found.Warn(notice.Message);
        }

        return (ns, secrets.Count);
    }
}
