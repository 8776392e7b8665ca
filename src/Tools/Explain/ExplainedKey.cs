// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Explain;

/// <summary>How a pull uses a key of a secret or of the node's own file.</summary>
internal enum KeyResult
{
    /// <summary>The key is in the auth file, and CRI-O uses it for at least one location.</summary>
    Used,

    /// <summary>The key is in the auth file, but no location uses it.</summary>
    Written,

    /// <summary>The key matches, but another credential takes precedence.</summary>
    Overridden,

    /// <summary>The key matches no location, but is close to one.</summary>
    NearMiss,

    /// <summary>The key is for other registries.</summary>
    OtherRegistry,

    /// <summary>The key has no usable credential.</summary>
    Unusable,
}

/// <summary>A key with the way in which a pull uses it.</summary>
/// <param name="Origin">Where the key comes from. The key in it is empty if it may not be printed.</param>
/// <param name="Registry">The key without scheme and API path, as it is compared or written; empty if the key
/// is.</param>
/// <param name="Result">How the pull uses the key.</param>
/// <param name="Detail">A stable ID with more detail, for example <c>path-boundary</c>; null if the result needs
/// none.</param>
/// <param name="Reason">The reason as text.</param>
internal sealed record ExplainedKey(
    CredentialOrigin Origin,
    string Registry,
    KeyResult Result,
    string? Detail,
    string Reason
)
{
    /// <summary>Whether the key is below <c>credHelpers</c> in the node's own file.</summary>
    public bool IsHelper { get; init; }
}
