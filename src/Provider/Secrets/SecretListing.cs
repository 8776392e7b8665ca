// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>How the pull secrets of a namespace were selected.</summary>
internal enum SecretSelection
{
    /// <summary>All were listed.</summary>
    All,

    /// <summary>The annotation in the kubelet's request names them.</summary>
    Annotation,

    /// <summary>The service account may not list secrets; its <c>imagePullSecrets</c> name them.</summary>
    ImagePullSecrets,
}

/// <summary>The result of reading the pull secrets.</summary>
/// <param name="Server">The server that they were read from.</param>
/// <param name="Count">The number of secrets passed to the handler.</param>
/// <param name="Selection">How they were selected.</param>
/// <param name="Names">The selected names; null if all secrets were listed.</param>
/// <param name="Notices">What was skipped.</param>
internal sealed record SecretListing(
    ApiServer Server,
    int Count,
    SecretSelection Selection,
    IReadOnlyList<string>? Names,
    IReadOnlyList<Notice> Notices
);
