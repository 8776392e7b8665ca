// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The progress of a change.</summary>
internal enum Phase
{
    /// <summary>No change is in progress.</summary>
    Idle,

    /// <summary>New files are being written next to the old ones; no path has been changed.</summary>
    Staging,

    /// <summary>Paths are being changed, and the kubelet is being restarted and watched.</summary>
    Applying,

    /// <summary>All paths are changed; the kubelet has not been restarted since.</summary>
    AwaitingRestart,

    /// <summary>Confirmed; the files kept for an undo are being removed.</summary>
    Cleaning,

    /// <summary>The old files are being restored.</summary>
    Undoing,
}

/// <summary>A change in progress.</summary>
/// <param name="Id">Unique ID; part of the names of kept files.</param>
/// <param name="Action">The command: <c>install</c> or <c>uninstall</c>.</param>
/// <param name="Digest">Digest of the wanted state, to recognize a change that has failed before.</param>
/// <param name="KubeletUnit">The kubelet's unit.</param>
/// <param name="Invocation">The kubelet's invocation ID before the change; empty if it did not run.</param>
/// <param name="Steps">All steps, including those after the confirmation.</param>
internal sealed record Change(
    string Id,
    string Action,
    string Digest,
    string KubeletUnit,
    string Invocation,
    IReadOnlyList<Step> Steps
)
{
    /// <summary>What is installed after the confirmation; null for an uninstall.</summary>
    public InstalledAs? Target { get; init; }

    /// <summary>The attempt that the change belongs to; empty if a person ran the command.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>Whether this change has restarted the kubelet, or was about to.</summary>
    public bool HasRestarted { get; init; }

    /// <summary>Whether paths may already have been changed.</summary>
    public bool HasApplied { get; init; }

    /// <summary>Why the change is being undone.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The steps that can still be undone.</summary>
    public IEnumerable<Step> BeforeConfirmation => Steps.TakeWhile(step => step is not ConfirmStep);

    public IEnumerable<Step> AfterConfirmation => Steps.SkipWhile(step => step is not ConfirmStep).Skip(1);

    public IEnumerable<PlaceStep> Places => BeforeConfirmation.OfType<PlaceStep>();
}

/// <summary>A path that this program has installed.</summary>
/// <param name="Original">The state before the first installation, which uninstall restores.</param>
/// <param name="Placed">The state that was installed last.</param>
internal sealed record InstalledPath(string Path, PathRole Role, FileState Original, FileState Placed);

/// <summary>The options of an installation that later commands need.</summary>
internal sealed record InstalledAs(string BinDir, string ConfigPath, string KubeletUnit, bool SetsFlags);

/// <summary>How the last change ended.</summary>
/// <param name="At">When it ended, in UTC.</param>
/// <param name="Action">The command.</param>
/// <param name="Result"><c>confirmed</c>, or <c>undone</c>.</param>
/// <param name="Digest">Digest of the wanted state.</param>
/// <param name="Problem">Why it was undone; empty if it was not.</param>
internal sealed record LastChange(DateTimeOffset At, string Action, string Result, string Digest, string Problem)
{
    public const string Confirmed = "confirmed";
    public const string Undone = "undone";

    /// <summary>The attempt that the change belonged to; empty if a person ran the command.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>
    /// Whether this wanted state was undone in this attempt. Never true for a command that a person runs, which has no
    /// attempt.
    /// </summary>
    public bool IsFailureOf(string digest, string? attempt) =>
        Result == Undone && Digest == digest && Attempt == attempt;
}

/// <summary>Records that the agent found the node in the wanted state.</summary>
/// <param name="Attempt">The attempt; never empty.</param>
/// <param name="Invocation">The invocation ID of the kubelet that read the files; empty if it did not run.</param>
internal sealed record Confirmation(string Attempt, string Invocation);

/// <summary>The content of the state file.</summary>
internal sealed record RolloutState(
    Phase Phase,
    Change? Change,
    IReadOnlyList<InstalledPath> Installed,
    LastChange? Last
)
{
    /// <summary>Null if nothing is installed.</summary>
    public InstalledAs? As { get; init; }

    /// <summary>The agent's last confirmation; null if there is none.</summary>
    public Confirmation? Confirmed { get; init; }

    /// <summary>Readers reject any other version. It changes only if an older program could misread the file.</summary>
    public const int SchemaVersion = 1;

    public static readonly RolloutState Empty = new(Phase.Idle, null, [], null);

    /// <summary>
    /// Whether the node was in the wanted state in this attempt. A confirmed change is sufficient, because the process
    /// may have been killed before it saved the confirmation. Never true without an attempt.
    /// </summary>
    public bool IsConfirmedIn(string attempt) =>
        attempt.Length > 0
        && (
            Confirmed?.Attempt == attempt || (Last is { Result: LastChange.Confirmed } last && last.Attempt == attempt)
        );

    /// <summary>What is installed after the change is confirmed.</summary>
    public IReadOnlyList<InstalledPath> InstalledAfter()
    {
        var installed = Installed.ToDictionary(path => path.Path);
        foreach (var place in Change!.Steps.OfType<PlaceStep>())
        {
            var original = installed.TryGetValue(place.Path, out var known) ? known.Original : place.Before;
            if (original == place.After)
            {
                _ = installed.Remove(place.Path);
            }
            else
            {
                installed[place.Path] = new InstalledPath(place.Path, place.Role, original, place.After);
            }
        }

        return [.. installed.Values];
    }
}
