// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Where a credential of the auth file comes from.</summary>
/// <param name="SecretName">Null: the node's own file.</param>
/// <param name="Key">As written there.</param>
internal sealed record CredentialOrigin(string? SecretName, string Key);

/// <summary>What CRI-O finds in the file for one place.</summary>
/// <param name="Hit">The key, and the rule by which it is found.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Rivals">Other keys that CRI-O may take as well: of these it takes any.</param>
internal sealed record FoundCredential(AuthFileHit Hit, CredentialOrigin Origin, IReadOnlyList<string> Rivals);

/// <summary>Whether CRI-O tries a place.</summary>
internal enum PlaceUse
{
    Tried,

    /// <summary>The mirror is for digests only, or for tags only, and the image has the other.</summary>
    PassedOver,

    /// <summary>The same, and what the pod has is not known.</summary>
    Unknown,

    /// <summary>registries.conf blocks it.</summary>
    Blocked,
}

/// <summary>One place where CRI-O tries to pull the image.</summary>
/// <param name="Number">From 1, over all routes.</param>
/// <param name="Source">The place.</param>
/// <param name="Use">Whether it is tried.</param>
/// <param name="BlockedBy">The entry that blocks it, as <c>FILE:LINE</c>.</param>
/// <param name="Found">Null: nothing in the file is for it, and the pull is anonymous.</param>
internal sealed record ExplainedPlace(
    int Number,
    PullSource Source,
    PlaceUse Use,
    string? BlockedBy,
    FoundCredential? Found
);

/// <summary>An image that CRI-O tries: the one that was asked for, or a name that a short name may resolve
/// to.</summary>
/// <param name="Route">The image and the entry that decides.</param>
/// <param name="IsCertain">False when it is tried only if the pod used the short name, which is not known.</param>
/// <param name="Places">In CRI-O's order.</param>
internal sealed record ExplainedRoute(PullRoute Route, bool IsCertain, IReadOnlyList<ExplainedPlace> Places);

/// <summary>A pull, explained: what the text and the JSON output show.</summary>
/// <param name="Image">What was asked.</param>
/// <param name="Input">Whose pull, with which secrets.</param>
/// <param name="Listing">How the API server gave the secrets; null when it was not asked.</param>
/// <param name="Conf">The registries.conf.</param>
/// <param name="ShortNameRemark">What a short name is resolved by; null when there is none.</param>
/// <param name="Routes">At least one.</param>
/// <param name="Keys">Of the secrets, in name order.</param>
/// <param name="NodeFile">The node's own file.</param>
/// <param name="NodeKeys">Of the node's own file, in order of the keys.</param>
/// <param name="AuthFile">Where the file would be written; null when none would.</param>
/// <param name="Entries">What would be in it below <c>auths</c> and <c>credHelpers</c>.</param>
/// <param name="WhyNothing">Null when it would be written.</param>
/// <param name="PullRecord">What the kubelet will record; null when no secret was read.</param>
/// <param name="Notices">What was odd.</param>
internal sealed record Explanation(
    PodImage Image,
    ExplainInput Input,
    SecretListing? Listing,
    RegistriesConf Conf,
    string? ShortNameRemark,
    IReadOnlyList<ExplainedRoute> Routes,
    IReadOnlyList<ExplainedKey> Keys,
    string NodeFile,
    IReadOnlyList<ExplainedKey> NodeKeys,
    string? AuthFile,
    IReadOnlyList<(string Key, CredentialOrigin Origin, bool IsHelper)> Entries,
    Reason? WhyNothing,
    ExplainedRecord? PullRecord,
    IReadOnlyList<Notice> Notices
)
{
    /// <summary>Whether no secret was read, so that it is open what would be written: the image has a mirror.</summary>
    public bool IsRoutingOnly => Input.Kind == "none" && WhyNothing is null;

    /// <param name="image">What was asked.</param>
    /// <param name="input">Whose pull.</param>
    /// <param name="listing">How the API server gave the secrets.</param>
    /// <param name="decision">What the kubelet's run decides.</param>
    /// <param name="settings">For the paths.</param>
    /// <param name="files">What is known of the kubelet.</param>
    /// <param name="notices">Of the pipeline.</param>
    public static Explanation Of(
        PodImage image,
        ExplainInput input,
        SecretListing? listing,
        PullDecision decision,
        Settings settings,
        ApiServerFiles files,
        IReadOnlyList<Notice> notices
    )
    {
        var isOpen =
            input.Kind == "none" && (decision.Nothing is null || decision.Nothing.Reason == Reasons.NoCredentials);
        var whyNothing = isOpen ? null : input.WhyNothing ?? decision.Nothing?.Reason;
        var origins = Origins(decision);
        var (routes, remark) = ExplainedRoutes.Of(image, input.RequestedImage is not null, decision, origins);
        var (keys, nodeKeys) = ExplainedKeys.Of(decision, [.. routes.SelectMany(route => route.Places)]);
        return new Explanation(
            image,
            input,
            listing,
            decision.Conf,
            remark,
            routes,
            keys,
            OneLine.Printable(settings.KubeletAuthFile),
            nodeKeys,
            whyNothing is null && !isOpen
                ? OneLine.Printable($"{settings.AuthDir.TrimEnd('/')}/{AuthFileName.For(input.Namespace!, image.Name)}")
                : null,
            whyNothing is null && !isOpen
                ?
                [
                    .. decision.Content.Entries.Keys.Select(key => (key, origins[key], false)),
                    .. decision.Content.CredentialHelpers.Keys.Select(host =>
                        (host, new CredentialOrigin(null, Tell(host) ?? ""), true)
                    ),
                ]
                : [],
            whyNothing,
            isOpen ? null : ExplainedRecord.Of(settings, files, writesFile: whyNothing is null),
            [
                .. input
                    .Notices.Concat(notices)
                    .Select(notice => notice with { Message = OneLine.Printable(notice.Message) }),
            ]
        );
    }

    /// <summary>
    /// A key of the node's own file, fit to be printed; null when it names no registry: what is in front of an @
    /// could be a password.
    /// </summary>
    public static string? Tell(string key) => Matching.RegistryKey.TryParse(key, out _) ? OneLine.Of(key) : null;

    /// <summary>Of each key below <c>auths</c>.</summary>
    private static Dictionary<string, CredentialOrigin> Origins(PullDecision decision)
    {
        var origins = decision.Content.Entries.Keys.ToDictionary(
            key => key,
            key => new CredentialOrigin(null, Tell(key) ?? ""),
            StringComparer.Ordinal
        );
        foreach (var credential in decision.Match.Credentials)
        {
            origins[credential.Registry] = new CredentialOrigin(credential.SecretName, credential.Key);
        }

        return origins;
    }
}
