// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>
/// How a key that fits no source differs from the one that it is nearest to; the nearest kinds first.
/// </summary>
internal enum NearMissKind
{
    /// <summary>Another scheme than <c>https</c> and <c>http</c> in front.</summary>
    Scheme,

    /// <summary>The same host, and a path that differs in the middle of a component.</summary>
    PathBoundary,

    /// <summary>An official image of Docker Hub without <c>library</c>.</summary>
    LibraryPath,

    /// <summary>Equal but for upper and lower case.</summary>
    LetterCase,

    /// <summary>The path of the source is only the beginning of the key's.</summary>
    BelowSource,

    /// <summary>A glob in the path, which is compared letter by letter.</summary>
    PathGlob,

    /// <summary>The same host, and another port or none.</summary>
    Port,

    /// <summary>A glob that would match if it stood for more labels than one, or for fewer.</summary>
    GlobLabels,

    /// <summary>A name of Docker's that no registry has.</summary>
    HubName,

    /// <summary>One host is the beginning of the other.</summary>
    HostBoundary,

    /// <summary>One host is below the other.</summary>
    SubDomain,

    /// <summary>The hosts differ in one or two letters.</summary>
    SimilarHost,

    /// <summary>The same host, and another repository.</summary>
    OtherPath,

    /// <summary>Nothing in common.</summary>
    OtherRegistry,
}
