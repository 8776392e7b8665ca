// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Secrets;

/// <summary>The pull secrets to read, and the server to read them from.</summary>
/// <param name="Server">Its timeout applies to all requests together.</param>
/// <param name="Token">The pod's token.</param>
/// <param name="Identity">The token's owner.</param>
/// <param name="Named">The secrets that the annotation names; null without the annotation.</param>
/// <param name="MaximumBytes">The total size of the responses that count, in bytes.</param>
internal sealed record PullSecretQuery(
    ApiServer Server,
    Secret Token,
    PodIdentity Identity,
    PullSecretNames? Named,
    long MaximumBytes
);
