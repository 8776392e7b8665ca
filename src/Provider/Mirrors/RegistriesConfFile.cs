// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// One registries.conf file, validated; a value that is null was not set and keeps that of earlier files.
/// </summary>
internal sealed record RegistriesConfFile(
    IReadOnlyList<RegistryEntry> Registries,
    IReadOnlyList<string>? SearchRegistries,
    IReadOnlyDictionary<string, RepositoryName?> Aliases
);
