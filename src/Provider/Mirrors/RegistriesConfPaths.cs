// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Where registries.conf is looked for, as CRI-O does (containers/image newConfigWrapperWithHomeDir).
/// </summary>
/// <param name="MainFile">Null: the user's file if it exists, else the system's.</param>
/// <param name="DropInDirectory">Null: the system's and the user's directories.</param>
/// <param name="Home">The home directory of the user that CRI-O runs as.</param>
internal sealed record RegistriesConfPaths(string? MainFile, string? DropInDirectory, string Home)
{
    public const string UsualShortNameCache = "/var/cache/containers/short-name-aliases.conf";

    public string SystemDirectory { get; init; } = "/etc/containers";

    /// <summary>Written by the machine when short names are resolved; it wins over the configuration.</summary>
    public string ShortNameCache { get; init; } = UsualShortNameCache;

    /// <summary>Reads them.</summary>
    public SmallFileReader Files { get; init; } = SmallFileReader.ThisNode;
}
