// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>Whether a pull source is a mirror or the registry that CRI-O asks last.</summary>
internal enum PullSourceKind
{
    /// <summary>A <c>[[registry.mirror]]</c> entry.</summary>
    Mirror,

    /// <summary>The registry itself, at its rewritten <c>location</c> if it has one.</summary>
    Registry,
}

/// <summary>A place from which CRI-O will try to pull the image.</summary>
/// <param name="Kind">Mirror or registry.</param>
/// <param name="Location">
/// The location as configured, for example <c>localhost:5000</c> or <c>m.io/hub</c>; for a registry without its own
/// <c>location</c>, the image's host.
/// </param>
/// <param name="Reference">The physical reference, for which CRI-O looks up credentials.</param>
internal sealed record PullSource(PullSourceKind Kind, string Location, RepositoryName Reference)
{
    /// <summary>The pulls for which CRI-O uses it.</summary>
    public MirrorUse Use { get; init; }
}
