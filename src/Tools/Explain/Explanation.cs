// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>The origin of a credential in the auth file.</summary>
/// <param name="SecretName">Null for the node's own file.</param>
/// <param name="Key">The key as it is written there.</param>
internal sealed record CredentialOrigin(string? SecretName, string Key);

/// <summary>What CRI-O finds in the auth file for one location.</summary>
/// <param name="Hit">The key, and the rule that matched it.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Rivals">Other keys that match equally well; CRI-O uses any one of them.</param>
internal sealed record FoundCredential(AuthFileHit Hit, CredentialOrigin Origin, IReadOnlyList<string> Rivals);

/// <summary>Whether CRI-O tries a location.</summary>
internal enum PlaceUse
{
    Tried,

    /// <summary>The mirror is for digests only, or for tags only, and the image has the other.</summary>
    Skipped,

    /// <summary>
    /// The mirror is for digests only, or for tags only, and it is not known which of them the pod uses.
    /// </summary>
    Unknown,

    /// <summary>registries.conf blocks the location.</summary>
    Blocked,
}

/// <summary>A location from which CRI-O tries to pull the image.</summary>
/// <param name="Number">A number that starts at 1 and continues across all routes.</param>
/// <param name="Source">The location.</param>
/// <param name="Use">Whether CRI-O tries the location.</param>
/// <param name="BlockedBy">The entry that blocks the location, as <c>FILE:LINE</c>.</param>
/// <param name="Found">Null if the auth file has no matching key, so that the pull is anonymous.</param>
internal sealed record ExplainedPlace(
    int Number,
    PullSource Source,
    PlaceUse Use,
    string? BlockedBy,
    FoundCredential? Found
);

/// <summary>An image that CRI-O tries: the requested image, or a name to which a short name may resolve.</summary>
/// <param name="Route">The image and the entry that applies to it.</param>
/// <param name="IsCertain">False if CRI-O tries the image only if the pod used the short name, which is not
/// known.</param>
/// <param name="Places">In CRI-O's order.</param>
internal sealed record ExplainedRoute(PullRoute Route, bool IsCertain, IReadOnlyList<ExplainedPlace> Places);

/// <summary>The explanation of a pull, which the text and the JSON output show.</summary>
/// <param name="Image">The image on the command line.</param>
/// <param name="Input">The pull that is explained, and its secrets.</param>
/// <param name="Listing">How the API server returned the secrets; null if it was not asked.</param>
/// <param name="Conf">The parsed registries.conf.</param>
/// <param name="ShortNameRemark">The rule that resolves the short name; null if there is none.</param>
/// <param name="Routes">At least one.</param>
/// <param name="Keys">The keys of the secrets, in the order of the secrets' names.</param>
/// <param name="NodeFile">The path of the node's own file.</param>
/// <param name="NodeKeys">The keys of the node's own file, in order.</param>
/// <param name="AuthFile">The path to which the auth file would be written; null if none would be.</param>
/// <param name="Entries">The keys below <c>auths</c> and <c>credHelpers</c> of the auth file.</param>
/// <param name="WhyNothing">Why no auth file would be written; null if one would be.</param>
/// <param name="PullRecord">The kubelet's pull record; null if no secret was read.</param>
/// <param name="Notices">Notices of the pipeline.</param>
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
    /// <summary>
    /// Whether no secrets were given although the image has a mirror, so that only the routing can be explained.
    /// </summary>
    public bool IsRoutingOnly => Input.Kind == "none" && WhyNothing is null;

    /// <param name="image">The image on the command line.</param>
    /// <param name="input">The pull that is explained.</param>
    /// <param name="listing">How the API server returned the secrets.</param>
    /// <param name="decision">The decision of the kubelet's run.</param>
    /// <param name="settings">The settings with the paths.</param>
    /// <param name="files">Provides the kubelet's command line, if it is known.</param>
    /// <param name="notices">Notices of the pipeline.</param>
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
                        (host, new CredentialOrigin(null, PrintableKey(host) ?? ""), true)
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
    /// A key of the node's own file that is safe to print; null if it does not name a registry, because text in front
    /// of an @ could be a password.
    /// </summary>
    public static string? PrintableKey(string key) =>
        Matching.RegistryKey.TryParse(key, out _) ? OneLine.Of(key) : null;

    /// <summary>The origin of each key below <c>auths</c>.</summary>
    private static Dictionary<string, CredentialOrigin> Origins(PullDecision decision)
    {
        var origins = decision.Content.Entries.Keys.ToDictionary(
            key => key,
            key => new CredentialOrigin(null, PrintableKey(key) ?? ""),
            StringComparer.Ordinal
        );
        foreach (var credential in decision.Match.Credentials)
        {
            origins[credential.Registry] = new CredentialOrigin(credential.SecretName, credential.Key);
        }

        return origins;
    }
}
