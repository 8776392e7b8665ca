// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Request;

/// <summary>The kubelet's <c>CredentialProviderRequest</c>.</summary>
/// <param name="ApiVersion">One of the three that kubelets speak; the response repeats it.</param>
/// <param name="Image">As the kubelet normalises it.</param>
/// <param name="Token">The pod's service account token, or null for a pod without one (static pods).</param>
/// <param name="Annotations">The service account's annotations that the kubelet's config asks for.</param>
internal sealed record CredentialRequest(
    string ApiVersion,
    RepositoryName Image,
    Secret? Token,
    IReadOnlyDictionary<string, string> Annotations
);
