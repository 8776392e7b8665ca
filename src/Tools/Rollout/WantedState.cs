// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The wanted state of a node, from the options of <c>install</c> or the file of <c>--state</c>.</summary>
internal sealed record WantedState
{
    /// <summary>False to remove everything that was installed.</summary>
    public bool IsPresent { get; init; } = true;

    /// <summary>The kubelet's <c>--image-credential-provider-bin-dir</c>.</summary>
    public string BinDir { get; init; } = OwnProvider.UsualBinDir;

    /// <summary>The kubelet's <c>--image-credential-provider-config</c>: a file, or a directory of files.</summary>
    public string ConfigPath { get; init; } = OwnProvider.UsualConfigPath;

    /// <summary>
    /// The images for which the kubelet runs this program; empty for those that registries.conf mirrors.
    /// </summary>
    public IReadOnlyList<string> MatchImages { get; init; } = [];

    /// <summary>The audience of the pods' tokens; null for the profile's default.</summary>
    public string? Audience { get; init; }

    /// <summary>The kind of cluster.</summary>
    public string Profile { get; init; } = "kubeadm";

    public string KubeletUnit { get; init; } = "kubelet.service";

    /// <summary>Whether a drop-in sets the kubelet's flags; false if the platform sets them.</summary>
    public bool SetsFlags { get; init; } = true;

    /// <summary>The service account annotations that the kubelet passes to the provider.</summary>
    public IReadOnlyList<string> AnnotationKeys { get; init; } = [];

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Env { get; init; } = [];

    /// <summary>Whether a systemd timer removes auth files that CRI-O never picked up.</summary>
    public bool HasSweepTimer { get; init; } = true;

    /// <summary>How long a restarted kubelet is watched.</summary>
    public TimeSpan WatchFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time after which the host undoes an unconfirmed change.</summary>
    public TimeSpan UndoAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The program's path on the node.</summary>
    public string ProgramPath => $"{BinDir}/crio-credential-provider";
}
