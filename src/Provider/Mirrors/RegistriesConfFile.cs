namespace CrioCredentialProvider.Mirrors;

/// <summary>One registries.conf file, validated; what is null was not set and leaves earlier files' values alone.</summary>
internal sealed record RegistriesConfFile(
    IReadOnlyList<RegistryEntry> Registries,
    IReadOnlyList<string>? SearchRegistries,
    IReadOnlyDictionary<string, string> Aliases);
