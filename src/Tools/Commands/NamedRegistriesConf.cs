// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// A registries.conf that a user names with <c>--registries-conf</c> is most likely a copy from another node, so an
/// interactive command ignores this machine's drop-ins. The kubelet's run reads them, as CRI-O does.
/// </summary>
internal static class NamedRegistriesConf
{
    /// <summary>
    /// The settings without the drop-in directory if only the main file is named; otherwise unchanged.
    /// </summary>
    public static Settings WithoutForeignDropIns(Settings settings) =>
        settings is { RegistriesConf: not null, RegistriesConfDir: null }
            ? settings with
            {
                RegistriesConfDir = "",
            }
            : settings;
}
