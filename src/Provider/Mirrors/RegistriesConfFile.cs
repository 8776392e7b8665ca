// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// One validated registries.conf file. Null values are not set and do not override those of earlier files.
/// </summary>
internal sealed record RegistriesConfFile(
    IReadOnlyList<RegistryEntry> Registries,
    IReadOnlyList<string>? SearchRegistries,
    IReadOnlyDictionary<string, RepositoryName?> Aliases
);
