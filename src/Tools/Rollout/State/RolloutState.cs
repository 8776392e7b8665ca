// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>How far a change has come.</summary>
internal enum Phase
{
    /// <summary>No change is in progress.</summary>
    Idle,

    /// <summary>New files are being written beside the old ones; no path has been changed.</summary>
    Staging,

    /// <summary>Paths are being changed, the kubelet is restarted and watched.</summary>
    Applying,

    /// <summary>All paths are changed; the kubelet has not been restarted since.</summary>
    AwaitingRestart,

    /// <summary>Confirmed; what was kept for an undo is being removed.</summary>
    Cleaning,

    /// <summary>The old files are being brought back.</summary>
    Undoing,
}

/// <summary>A change in progress.</summary>
/// <param name="Id">Names the files that are kept of it.</param>
/// <param name="Action">The command: <c>install</c> or <c>uninstall</c>.</param>
/// <param name="Digest">Of the wanted state, to know a change again that has failed.</param>
/// <param name="KubeletUnit">The kubelet's unit.</param>
/// <param name="Invocation">The kubelet's invocation before the change; empty when it did not run.</param>
/// <param name="Steps">All steps, also those behind the confirmation.</param>
internal sealed record Change(
    string Id,
    string Action,
    string Digest,
    string KubeletUnit,
    string Invocation,
    IReadOnlyList<Step> Steps
)
{
    /// <summary>What the node has after the confirmation; null after an uninstall.</summary>
    public InstalledAs? Target { get; init; }

    /// <summary>The try that it belongs to; empty for a person's.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>Whether this change has restarted the kubelet, or was about to.</summary>
    public bool HasRestarted { get; init; }

    /// <summary>Whether paths may have been changed already.</summary>
    public bool HasApplied { get; init; }

    /// <summary>Why it is being undone.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The steps that can still be undone.</summary>
    public IEnumerable<Step> BeforeConfirmation => Steps.TakeWhile(step => step is not ConfirmStep);

    public IEnumerable<Step> AfterConfirmation => Steps.SkipWhile(step => step is not ConfirmStep).Skip(1);

    public IEnumerable<PlaceStep> Places => BeforeConfirmation.OfType<PlaceStep>();
}

/// <summary>A path that this program has placed.</summary>
/// <param name="Original">What was there before the first installation; uninstall brings it back.</param>
/// <param name="Placed">What was put there last.</param>
internal sealed record InstalledPath(string Path, PathRole Role, FileState Original, FileState Placed);

/// <summary>The options of an installation that a later command uses.</summary>
internal sealed record InstalledAs(string BinDir, string ConfigPath, string KubeletUnit, bool SetsFlags);

/// <summary>How the last change ended.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Action">The command.</param>
/// <param name="Result"><c>confirmed</c>, or <c>undone</c>.</param>
/// <param name="Digest">Of the wanted state.</param>
/// <param name="Problem">Why it was undone; empty when it was not.</param>
internal sealed record LastChange(DateTimeOffset At, string Action, string Result, string Digest, string Problem)
{
    public const string Confirmed = "confirmed";
    public const string Undone = "undone";

    /// <summary>The try that it belonged to; empty for a person's.</summary>
    public string Attempt { get; init; } = "";

    /// <summary>Whether this wanted state was undone in this attempt; a person's try has none, and is never
    /// that.</summary>
    public bool IsFailureOf(string digest, string? attempt) =>
        Result == Undone && Digest == digest && Attempt == attempt;
}

/// <summary>That the agent has found the node in the wanted state.</summary>
/// <param name="Attempt">In which it did; never empty.</param>
/// <param name="Invocation">Of the kubelet that has read the files; empty when it did not run.</param>
internal sealed record Confirmation(string Attempt, string Invocation);

/// <summary>What the state file holds.</summary>
internal sealed record RolloutState(
    Phase Phase,
    Change? Change,
    IReadOnlyList<InstalledPath> Installed,
    LastChange? Last
)
{
    /// <summary>Null when nothing is installed.</summary>
    public InstalledAs? As { get; init; }

    /// <summary>The agent's last one; null without one.</summary>
    public Confirmation? Confirmed { get; init; }

    /// <summary>Readers refuse another number; it changes when an older program could misread the file.</summary>
    public const int SchemaVersion = 1;

    public static readonly RolloutState Empty = new(Phase.Idle, null, [], null);

    /// <summary>
    /// Whether the node was in the wanted state in this attempt. The change itself counts as well, since its process
    /// may have been killed before it wrote the confirmation. A person's try has no name, and is never that.
    /// </summary>
    public bool IsConfirmedIn(string attempt) =>
        attempt.Length > 0
        && (
            Confirmed?.Attempt == attempt || (Last is { Result: LastChange.Confirmed } last && last.Attempt == attempt)
        );

    /// <summary>What is installed when the change is confirmed.</summary>
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
