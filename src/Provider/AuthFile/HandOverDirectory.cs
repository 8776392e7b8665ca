// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.PullRecords;

namespace CrioCredentialProvider.AuthFile;

/// <summary>CRI-O's directory with everything that a hand-over needs: locks, marks, and the kubelet's
/// intents.</summary>
internal sealed class HandOverDirectory : IDisposable
{
    private readonly RunDirectory? run;
    private readonly Lazy<PullIntentReader> intents;
    private readonly Clocks clocks;

    private HandOverDirectory(AuthDirectory auth, DeliverySettings settings)
    {
        Auth = auth;
        clocks = settings.Clocks;
        run = RunDirectory.OpenOrCreate(settings.RunDirectory);
        intents = new Lazy<PullIntentReader>(() => OpenIntents(settings));
        Locks = new AuthFileLocks(auth, run);
        Marks = new AuthFileMarks(run);
        HandOver = new HandOver(auth, Locks, Marks, intents, clocks);
    }

    public AuthDirectory Auth { get; }

    public AuthFileLocks Locks { get; }

    public AuthFileMarks Marks { get; }

    public HandOver HandOver { get; }

    /// <summary>Why the kubelet's intents could not be used; null if they could, or were not needed.</summary>
    public string? IntentProblem => intents.IsValueCreated ? intents.Value.Problem : null;

    private static PullIntentReader OpenIntents(DeliverySettings settings)
    {
        try
        {
            return PullIntentReader.Open(settings.KubeletRoot());
        }
        catch (ProviderException e)
        {
            return PullIntentReader.Unusable(e.Problem);
        }
    }

    /// <param name="settings">Directories and limits.</param>
    /// <param name="warn">Receives what is unusual but not a failure.</param>
    /// <exception cref="ProviderException">CRI-O's directory cannot be created or opened.</exception>
    public static HandOverDirectory OpenOrCreate(DeliverySettings settings, Action<Notice> warn) =>
        new(AuthDirectory.OpenOrCreate(settings.AuthDirectory, warn), settings);

    /// <returns>Null if the directory does not exist, in which case there is nothing to remove.</returns>
    /// <param name="settings">Directories and limits.</param>
    /// <exception cref="ProviderException">CRI-O's directory cannot be opened.</exception>
    public static HandOverDirectory? OpenIfThere(DeliverySettings settings) =>
        AuthDirectory.OpenIfThere(settings.AuthDirectory) is { } auth ? new(auth, settings) : null;

    /// <param name="warn">Receives the reason if a leftover cannot be removed.</param>
    public LeftoverRemover Remover(Action<Notice> warn) => new(Auth, Locks, Marks, intents, clocks, warn);

    /// <summary>The age of the file; zero if there is none.</summary>
    public TimeSpan AgeOf(string fileName)
    {
        using var file = UntakenFile.Open(Auth, Marks, fileName);
        return file?.Age(clocks) ?? TimeSpan.Zero;
    }

    public void Dispose()
    {
        if (intents.IsValueCreated)
        {
            intents.Value.Dispose();
        }

        Locks.Dispose();
        run?.Dispose();
        Auth.Dispose();
    }
}
