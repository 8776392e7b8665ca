// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.PullRecords;

/// <summary>Where the kubelet keeps its state, and below it <c>image_manager</c>.</summary>
internal static class KubeletRoot
{
    /// <summary>The kubelet's own default (kubernetes cmd/kubelet/app/options).</summary>
    public const string Default = "/var/lib/kubelet";

    /// <summary>Below the root: what the kubelet keeps about pulls.</summary>
    public const string Records = "/image_manager";

    /// <summary>Below the root: which pulls are going on.</summary>
    public const string Intents = Records + "/pulling";

    /// <summary>By the option, else as the kubelet that started this run has it.</summary>
    /// <param name="settings">The run's options.</param>
    /// <param name="files">What is known of the kubelet.</param>
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
    /// <param name="kubeletFlag">The value of <c>--root-dir</c> on the kubelet's command line; null if it is not
    /// there.</param>
    public static string Of(string? option, string? kubeletFlag) =>
        (option ?? (kubeletFlag?.StartsWith('/') == true ? kubeletFlag : Default)).TrimEnd('/');
}
