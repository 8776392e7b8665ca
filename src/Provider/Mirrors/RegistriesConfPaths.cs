// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Mirrors;

/// <summary>Where CRI-O looks for registries.conf (containers/image newConfigWrapperWithHomeDir).</summary>
/// <param name="MainFile">Null: use the user's file if it exists, else the system's.</param>
/// <param name="DropInDirectory">Null: use the system's and the user's directories.</param>
/// <param name="Home">The home directory of the user that CRI-O runs as.</param>
internal sealed record RegistriesConfPaths(string? MainFile, string? DropInDirectory, string Home)
{
    public const string UsualShortNameCache = "/var/cache/containers/short-name-aliases.conf";

    public string SystemDirectory { get; init; } = "/etc/containers";

    /// <summary>The machine writes this file when it resolves short names; it takes precedence over the
    /// configuration.</summary>
    public string ShortNameCache { get; init; } = UsualShortNameCache;

    /// <summary>Reads these files.</summary>
    public SmallFileReader Files { get; init; } = SmallFileReader.ThisNode;
}
