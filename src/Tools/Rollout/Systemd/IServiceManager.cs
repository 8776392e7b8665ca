// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>What the service manager reports about one unit.</summary>
/// <param name="IsLoaded">Whether there is such a unit.</param>
/// <param name="ActiveState">systemd's word, such as <c>active</c>, <c>activating</c> or <c>failed</c>.</param>
/// <param name="MainPid">Zero when no main process runs.</param>
/// <param name="Restarts">How often <c>Restart=</c> has started it again since it was last started by a job.</param>
/// <param name="InvocationId">Another one at each start, 32 hex digits; empty when it has not been started.</param>
internal sealed record UnitStatus(bool IsLoaded, string ActiveState, int MainPid, uint Restarts, string InvocationId)
{
    /// <summary>The unit's file and its drop-ins, as the service manager has read them.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public bool IsActive => ActiveState == "active";

    /// <summary>Whether somebody wants it to run: it does, or it is on its way, or it failed at that.</summary>
    public bool IsWanted => ActiveState is "active" or "activating" or "reloading" or "failed";
}

/// <summary>
/// The part of a service manager that a rollout needs. systemd is one (<see cref="SystemdClient"/>); a node without a
/// running systemd, such as an image that is being built, is another (<see cref="NoServiceManager"/>).
/// </summary>
internal interface IServiceManager : IDisposable
{
    /// <summary>Whether units can be restarted at all.</summary>
    bool IsRunning { get; }

    Task<UnitStatus> StatusAsync(string unit);

    /// <summary>
    /// The arguments of a unit's process, the program first; empty when it is gone. systemd reports them also to a
    /// container that does not see the host's processes.
    /// </summary>
    Task<IReadOnlyList<string>> CommandLineAsync(string unit, int process);

    /// <summary>Reads all unit files again.</summary>
    Task ReloadAsync();

    /// <summary>Restarts the unit, and waits for the end of the job.</summary>
    /// <returns>The job's result: <c>done</c>, or systemd's word for what went wrong.</returns>
    Task<string> RestartAsync(string unit);

    /// <returns>The job's result, as of <see cref="RestartAsync"/>.</returns>
    Task<string> StartAsync(string unit);

    /// <summary>Stops the unit; nothing happens when there is none, or it does not run.</summary>
    Task StopAsync(string unit);

    /// <summary>Lets a unit that failed too often start again.</summary>
    Task ResetFailedAsync(string unit);

    /// <summary>
    /// Starts a transient timer and its service, as <c>systemd-run --on-active</c> does: a program runs after that
    /// time, whatever becomes of this process. The time is monotonic: setting the clock does not change it.
    /// </summary>
    /// <param name="name">Without <c>.timer</c>.</param>
    /// <param name="after">From now.</param>
    /// <param name="command">The absolute path of the program, and its arguments.</param>
    Task ArmTimerAsync(string name, TimeSpan after, IReadOnlyList<string> command);
}

/// <summary>The service manager did not do what it was asked for.</summary>
internal sealed class ServiceManagerException(string problem) : Exception(problem);
