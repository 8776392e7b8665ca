// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// For people, a registries.conf that <c>--registries-conf</c> names is most likely a copy of another node's: the
/// drop-ins of this machine have nothing to do with it. The kubelet's run reads them, as CRI-O does.
/// </summary>
internal static class NamedRegistriesConf
{
    /// <summary>The settings without drop-in directory if only the main file is named; else as they are.</summary>
    public static Settings WithoutForeignDropIns(Settings settings) =>
        settings is { RegistriesConf: not null, RegistriesConfDir: null }
            ? settings with
            {
                RegistriesConfDir = "",
            }
            : settings;
}
