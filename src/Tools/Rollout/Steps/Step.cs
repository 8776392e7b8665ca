// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// One step of a change, as it is printed, recorded, run and undone. Steps contain only values, so that a later run of
/// the program, possibly of another version, can finish or undo the change.
/// </summary>
internal abstract record Step
{
    /// <summary>One line to print.</summary>
    public abstract string Text { get; }
}

/// <summary>What a path is for, which determines the order of an undo.</summary>
internal enum PathRole
{
    /// <summary>The kubelet runs it, so it must exist as long as a kubelet's configuration names it.</summary>
    Program,

    /// <summary>The kubelet reads it at its start, if a flag names it.</summary>
    ProviderConfig,

    /// <summary>systemd reads it on reload; it sets the kubelet's flags.</summary>
    KubeletUnit,

    /// <summary>The unit files of the sweep timer.</summary>
    Sweep,
}

/// <summary>Changes a path from one state to another.</summary>
internal sealed record PlaceStep(string Path, PathRole Role, FileState Before, FileState After) : Step
{
    public override string Text =>
        (Before.Kind, After.Kind) switch
        {
            (_, FileStateKind.Absent) => $"remove {Path}",
            (FileStateKind.Absent, FileStateKind.Directory) => $"create directory {Path}",
            (FileStateKind.Absent, FileStateKind.Link) => $"link {Path} to {After.Content}",
            (FileStateKind.Absent, _) => $"create {Path}",
            _ => $"change {Path} ({After.DifferenceFrom(Before)})",
        };
}

/// <summary>
/// Makes the host undo the change after that time and at its next boot, unless it is confirmed first.
/// </summary>
internal sealed record ArmStep(string Program, string KubeletUnit, TimeSpan After) : Step
{
    public override string Text =>
        $"arm the undo on the host: in {After.TotalSeconds:0} s, and at the next boot before {KubeletUnit}";
}

/// <summary>Makes systemd reload all unit files.</summary>
internal sealed record ReloadStep : Step
{
    public override string Text => "reload systemd's unit files";
}

/// <summary>Starts a unit.</summary>
internal sealed record StartStep(string Unit) : Step
{
    public override string Text => $"start {Unit}";
}

/// <summary>Stops a unit.</summary>
internal sealed record StopStep(string Unit) : Step
{
    public override string Text => $"stop {Unit}";
}

/// <summary>Restarts the kubelet.</summary>
internal sealed record RestartStep(string Unit) : Step
{
    public override string Text => $"restart {Unit}";
}

/// <summary>Watches the kubelet for a while; the change fails if the kubelet is unhealthy.</summary>
internal sealed record JudgeStep(string Unit, TimeSpan For, KubeletFlags Flags) : Step
{
    public override string Text => $"watch {Unit} for {For.TotalSeconds:0} s";
}

/// <summary>
/// Stops here with the files in place; the kubelet keeps using the old ones until somebody restarts it.
/// </summary>
internal sealed record AwaitRestartStep(string Unit) : Step
{
    public override string Text => $"wait for a restart of {Unit}, which --restart-kubelet does";
}

/// <summary>Confirms the change; after this, nothing is undone.</summary>
internal sealed record ConfirmStep : Step
{
    public override string Text => "confirm";
}

/// <summary>The two flags of the kubelet that name its credential providers.</summary>
/// <param name="Config">The value that <c>--image-credential-provider-config</c> must have; null to accept any
/// value.</param>
/// <param name="BinDir">The same for <c>--image-credential-provider-bin-dir</c>.</param>
/// <param name="AreGone">Whether the kubelet must not have these values.</param>
internal sealed record KubeletFlags(string? Config, string? BinDir, bool AreGone)
{
    public static readonly KubeletFlags Any = new(null, null, false);

    /// <returns>What is wrong with the command line of a running kubelet; null if nothing is.</returns>
    public string? Problem(IReadOnlyList<string> commandLine) =>
        Config is null ? null
        : AreGone
            ? (
                Has(commandLine, KubeletFacts.ConfigFlag, Config)
                    ? $"it still has {KubeletFacts.ConfigFlag}={Config}"
                    : null
            )
        : !Has(commandLine, KubeletFacts.ConfigFlag, Config) ? $"it does not have {KubeletFacts.ConfigFlag}={Config}"
        : !Has(commandLine, KubeletFacts.BinDirFlag, BinDir) ? $"it does not have {KubeletFacts.BinDirFlag}={BinDir}"
        : null;

    private static bool Has(IReadOnlyList<string> commandLine, string flag, string? value) =>
        KubeletArgumentsReader.Flag(commandLine, flag) == value;
}
