// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Request;

/// <summary>The kubelet's <c>CredentialProviderRequest</c>.</summary>
/// <param name="ApiVersion">One of the three versions that kubelets use; the response repeats it.</param>
/// <param name="Image">As normalized by the kubelet.</param>
/// <param name="Token">The pod's service account token, or null for a pod without one (static pods).</param>
/// <param name="Annotations">The service account's annotations that the kubelet's config selects.</param>
internal sealed record CredentialRequest(
    string ApiVersion,
    RepositoryName Image,
    Secret? Token,
    IReadOnlyDictionary<string, string> Annotations
);
