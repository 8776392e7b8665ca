// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Explain;

/// <summary>What became of a key, of a secret or of the node's own file.</summary>
internal enum KeyResult
{
    /// <summary>It is in the file, and CRI-O finds it for at least one place.</summary>
    Used,

    /// <summary>It is in the file, and no place needs it.</summary>
    Written,

    /// <summary>It would fit, but another credential goes before it.</summary>
    Overridden,

    /// <summary>It fits no place, but nearly.</summary>
    NearMiss,

    /// <summary>It is for other registries.</summary>
    OtherRegistry,

    /// <summary>It holds nothing that can be used.</summary>
    Unusable,
}

/// <summary>One key and what became of it.</summary>
/// <param name="Origin">Where it is; the key is empty when it may not be printed.</param>
/// <param name="Registry">What is compared, or written: the key without scheme and API path; empty like the
/// key.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Detail">A stable id that says more, such as <c>path-boundary</c>; null where the result says
/// all.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record ExplainedKey(
    CredentialOrigin Origin,
    string Registry,
    KeyResult Result,
    string? Detail,
    string Reason
)
{
    /// <summary>Whether it is below <c>credHelpers</c>, of the node's own file.</summary>
    public bool IsHelper { get; init; }
}
