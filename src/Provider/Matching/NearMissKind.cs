// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>How a key that matches no source differs from the nearest one, ordered from near to far.</summary>
internal enum NearMissKind
{
    /// <summary>A scheme other than <c>https</c> and <c>http</c>.</summary>
    Scheme,

    /// <summary>The same host, with a path that differs within a component.</summary>
    PathBoundary,

    /// <summary>An official image of Docker Hub without <c>library</c>.</summary>
    LibraryPath,

    /// <summary>They differ only in case.</summary>
    LetterCase,

    /// <summary>The source's path is only the beginning of the key's.</summary>
    BelowSource,

    /// <summary>A glob in the path, which is compared literally.</summary>
    PathGlob,

    /// <summary>The same host, with another port or none.</summary>
    Port,

    /// <summary>A glob that would match if it could match more labels than one, or fewer.</summary>
    GlobLabels,

    /// <summary>One of Docker's host names that is not a registry.</summary>
    HubName,

    /// <summary>One host is the beginning of the other.</summary>
    HostBoundary,

    /// <summary>One host is below the other.</summary>
    SubDomain,

    /// <summary>The hosts differ in one or two characters.</summary>
    SimilarHost,

    /// <summary>The same host, with another repository.</summary>
    OtherPath,

    /// <summary>Nothing in common.</summary>
    OtherRegistry,
}
