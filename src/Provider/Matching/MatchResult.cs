// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>A credential that goes into the auth file, and where it comes from.</summary>
/// <param name="Registry">
/// The key for the auth file: no scheme, no API path, no trailing slash, globs expanded to the concrete host.
/// </param>
/// <param name="Credential">What is written under that key.</param>
/// <param name="SecretName">The secret that it was found in.</param>
/// <param name="Key">The key as written in the secret; safe to print.</param>
internal sealed record AppliedCredential(string Registry, Credential Credential, string SecretName, string Key);

/// <summary>What was decided for one key of one secret.</summary>
/// <param name="Key">The key as written in the secret; safe to print.</param>
/// <param name="Registry">The key normalised, with globs; what is compared.</param>
/// <param name="Fits">
/// The sources that it fits, with the registry that is written for each; empty when it fits none.
/// </param>
internal sealed record KeyDecision(string Key, string Registry, IReadOnlyList<FittingSource> Fits)
{
    /// <summary>
    /// Why the entry counts for nothing whatever its key is for; null when it has a credential. Key and registry are
    /// empty when the key itself may not be printed.
    /// </summary>
    public string? Problem { get; init; }
}

/// <summary>A source that a key fits.</summary>
/// <param name="Source">The pull source.</param>
/// <param name="Registry">The key with its globs expanded to this source's host.</param>
internal sealed record FittingSource(Mirrors.PullSource Source, string Registry);

/// <summary>
/// What was decided for one secret; without misses, only those with at least one fitting key are kept.
/// </summary>
internal sealed record SecretDecision(string SecretName, IReadOnlyList<KeyDecision> Keys);

/// <summary>The outcome of matching all secrets of a namespace against the pull sources of an image.</summary>
/// <param name="Credentials">One for each registry key, in ordinal order of the key.</param>
/// <param name="Decisions">In name order of the secrets.</param>
/// <param name="Notices">Skipped secrets and entries, and credentials that lost against a later secret's.</param>
internal sealed record MatchResult(
    IReadOnlyList<AppliedCredential> Credentials,
    IReadOnlyList<SecretDecision> Decisions,
    IReadOnlyList<Notice> Notices
)
{
    /// <summary>No secret was looked at.</summary>
    public static readonly MatchResult Empty = new([], [], []);
}
