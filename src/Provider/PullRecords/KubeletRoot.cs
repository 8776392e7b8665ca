// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.PullRecords;

/// <summary>The directory in which the kubelet keeps its state, which contains <c>image_manager</c>.</summary>
internal static class KubeletRoot
{
    /// <summary>The kubelet's own default (kubernetes cmd/kubelet/app/options).</summary>
    public const string Default = "/var/lib/kubelet";

    /// <summary>Relative to the root: the kubelet's records about pulls.</summary>
    public const string Records = "/image_manager";

    /// <summary>Relative to the root: the pulls that are in progress.</summary>
    public const string Intents = Records + "/pulling";

    /// <summary>The option's directory, else that of the kubelet that started this run.</summary>
    /// <param name="settings">The run's options.</param>
    /// <param name="files">Provides the kubelet's command line.</param>
    /// <exception cref="Diagnostics.ProviderException">The kubelet's command line cannot be read.</exception>
    public static string Locate(Settings settings, ApiServerFiles files) =>
        Of(
            settings.KubeletRootDir,
            settings.KubeletRootDir is not null
                ? null
                : KubeletArgumentsReader.Flag(
                    files.ParentArguments ?? KubeletArgumentsReader.ReadParents(),
                    "--root-dir"
                )
        );

    /// <param name="option">The value of <c>--kubelet-root-dir</c>; null if it is not set.</param>
    /// <param name="kubeletFlag">
    /// The value of <c>--root-dir</c> on the kubelet's command line; null if it is not set.
    /// </param>
    public static string Of(string? option, string? kubeletFlag) =>
        (option ?? (kubeletFlag?.StartsWith('/') == true ? kubeletFlag : Default)).TrimEnd('/');
}
