// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>One image that CRI-O tries, and the places from which it tries to pull the image.</summary>
/// <param name="Image">For a short name, the name that it resolves to.</param>
/// <param name="Entry">The matching entry of registries.conf; null if there is none.</param>
/// <param name="Sources">In CRI-O's order.</param>
internal sealed record PullRoute(RepositoryName Image, RegistryEntry? Entry, IReadOnlyList<PullSource> Sources);
