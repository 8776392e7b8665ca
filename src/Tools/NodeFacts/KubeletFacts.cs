// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>How the kubelet was started, or how it would be started now.</summary>
/// <param name="Process">Null if no kubelet runs.</param>
/// <param name="Unit">Null if the node has no systemd unit for the kubelet.</param>
internal sealed record KubeletFacts(NodeProcess? Process, KubeletUnit? Unit)
{
    public const string ConfigFlag = "--image-credential-provider-config";
    public const string BinDirFlag = "--image-credential-provider-bin-dir";

    /// <summary>Read only if neither a process nor a unit shows which of these files the kubelet uses.</summary>
    private static readonly string[] FlagFiles =
    [
        "/var/lib/kubelet/kubeadm-flags.env",
        "/etc/default/kubelet",
        "/etc/sysconfig/kubelet",
    ];

    /// <summary>The file or directory of the provider config.</summary>
    public ValueWithOrigin? Config { get; init; }

    /// <summary>The directory of the providers' binaries.</summary>
    public ValueWithOrigin? BinDir { get; init; }

    /// <summary>The kubelet's command line: from the process, else from the unit; empty if neither is known.</summary>
    public IReadOnlyList<string> Arguments => Process?.Arguments ?? Unit?.Arguments ?? [];

    /// <summary>
    /// The feature gates that flags and the kubelet's own configuration set. The others have their defaults.
    /// </summary>
    public required IReadOnlyDictionary<string, bool> FeatureGates { get; init; }

    /// <summary>The files of the kubelet's own configuration that it cannot read, with position and reason.</summary>
    public required IReadOnlyList<string> UnreadableConfigs { get; init; }

    /// <param name="files">The node's.</param>
    /// <param name="config">The path from doctor's command line; null to search for it.</param>
    /// <param name="binDir">The path from doctor's command line; null to search for it.</param>
    public static KubeletFacts Find(NodeFilesReader files, string? config, string? binDir)
    {
        var process = NodeProcess.Find(files, "kubelet");
        var unit = KubeletUnit.Find(files);
        var settings = KubeletSettings.Read(files, process?.Arguments ?? unit?.Arguments ?? []);
        return new KubeletFacts(process, unit)
        {
            Config = Flag(files, process, unit, ConfigFlag, config),
            BinDir = Flag(files, process, unit, BinDirFlag, binDir),
            FeatureGates = settings.FeatureGates,
            UnreadableConfigs = settings.Unreadable,
        };
    }

    private static ValueWithOrigin? Flag(
        NodeFilesReader files,
        NodeProcess? process,
        KubeletUnit? unit,
        string flag,
        string? given
    )
    {
        if (given is not null)
        {
            return new ValueWithOrigin(given, $"option {flag}");
        }

        if (process is not null)
        {
            return KubeletArgumentsReader.Flag(process.Arguments, flag) is { } value
                ? new ValueWithOrigin(value, $"the running kubelet (process {process.Id})")
                : null;
        }

        if (unit is not null)
        {
            return KubeletArgumentsReader.Flag(unit.Arguments, flag) is { } value
                ? new ValueWithOrigin(value, $"\"{unit.FileOf(flag)}\"")
                : null;
        }

        return FlagFiles
            .Select(path => (Path: path, Value: files.ReadText(path) is { } text ? InText(text, flag) : null))
            .Where(found => found.Value is not null)
            .Select(found => new ValueWithOrigin(found.Value!, $"\"{found.Path}\""))
            .LastOrDefault();
    }

    /// <summary>The flag's last value in an environment file, in any of its variables.</summary>
    public static string? InText(string text, string flag) =>
        KubeletArgumentsReader.Flag(
            [.. EnvironmentFileText.Assignments(text).SelectMany(variable => SystemdWords.Split(variable.Value))],
            flag
        );
}
