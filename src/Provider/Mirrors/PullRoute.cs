// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>One image that CRI-O tries, and the places from which it tries to pull it.</summary>
/// <param name="Image">For a short name, the name that it resolves to.</param>
/// <param name="Entry">The entry of registries.conf that decides; null when none matches.</param>
/// <param name="Sources">In CRI-O's order.</param>
internal sealed record PullRoute(RepositoryName Image, RegistryEntry? Entry, IReadOnlyList<PullSource> Sources);
