// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>A credential for the auth file, and its source.</summary>
/// <param name="Registry">
/// The key for the auth file: without scheme, API path and trailing slash, and with globs expanded to the concrete
/// host.
/// </param>
/// <param name="Credential">The credential written under that key.</param>
/// <param name="SecretName">The secret that contains it.</param>
/// <param name="Key">The key as written in the secret; safe to print.</param>
internal sealed record AppliedCredential(string Registry, Credential Credential, string SecretName, string Key);

/// <summary>The decision about one key of one secret.</summary>
/// <param name="Key">The key as written in the secret; safe to print.</param>
/// <param name="Registry">The normalized key, with globs, as it is compared.</param>
/// <param name="Fits">
/// The sources that it matches, with the registry that is written for each; empty if it matches none.
/// </param>
internal sealed record KeyDecision(string Key, string Registry, IReadOnlyList<FittingSource> Fits)
{
    /// <summary>
    /// Why the entry is ignored regardless of its key; null if it has a credential. Key and registry are empty if the
    /// key itself must not be printed.
    /// </summary>
    public string? Problem { get; init; }
}

/// <summary>A source that a key matches.</summary>
/// <param name="Source">The pull source.</param>
/// <param name="Registry">The key with its globs expanded to this source's host.</param>
internal sealed record FittingSource(Mirrors.PullSource Source, string Registry);

/// <summary>
/// The decisions about one secret. Without misses, only secrets with at least one matching key have one.
/// </summary>
internal sealed record SecretDecision(string SecretName, IReadOnlyList<KeyDecision> Keys);

/// <summary>The result of matching all secrets of a namespace against the pull sources of an image.</summary>
/// <param name="Credentials">One per registry key, in ordinal order of the keys.</param>
/// <param name="Decisions">Sorted by the name of the secret.</param>
/// <param name="Notices">Skipped secrets and entries, and credentials that a later secret overrides.</param>
internal sealed record MatchResult(
    IReadOnlyList<AppliedCredential> Credentials,
    IReadOnlyList<SecretDecision> Decisions,
    IReadOnlyList<Notice> Notices
)
{
    /// <summary>The result if no secret was read.</summary>
    public static readonly MatchResult Empty = new([], [], []);
}
