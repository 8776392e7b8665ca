// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The state of one unit.</summary>
/// <param name="IsLoaded">Whether the unit exists.</param>
/// <param name="ActiveState">systemd's ActiveState, such as <c>active</c>, <c>activating</c> or <c>failed</c>.</param>
/// <param name="MainPid">The main process; zero if there is none.</param>
/// <param name="Restarts">How often <c>Restart=</c> has restarted it since a job last started it.</param>
/// <param name="InvocationId">32 hex digits, new at each start; empty if the unit has not been started.</param>
internal sealed record UnitStatus(bool IsLoaded, string ActiveState, int MainPid, uint Restarts, string InvocationId)
{
    /// <summary>The unit's file and its drop-ins, as the service manager has read them.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public bool IsActive => ActiveState == "active";

    /// <summary>Whether the unit is meant to run: it is running, starting, or failed.</summary>
    public bool IsWanted => ActiveState is "active" or "activating" or "reloading" or "failed";
}

/// <summary>
/// The part of a service manager that a rollout needs: systemd (<see cref="SystemdClient"/>), or nothing where systemd
/// is not running, for example while an image is built (<see cref="NoServiceManager"/>).
/// </summary>
internal interface IServiceManager : IDisposable
{
    /// <summary>Whether units can be restarted at all.</summary>
    bool IsRunning { get; }

    Task<UnitStatus> StatusAsync(string unit);

    /// <summary>
    /// The arguments of a unit's process, starting with the program; empty if it has exited. systemd reports them even
    /// to a container that cannot see the host's processes.
    /// </summary>
    Task<IReadOnlyList<string>> CommandLineAsync(string unit, int process);

    /// <summary>Reloads all unit files.</summary>
    Task ReloadAsync();

    /// <summary>Restarts the unit and waits for the job to end.</summary>
    /// <returns>The job result: <c>done</c>, or systemd's name for the failure.</returns>
    Task<string> RestartAsync(string unit);

    /// <returns>The job result, as for <see cref="RestartAsync"/>.</returns>
    Task<string> StartAsync(string unit);

    /// <summary>Stops the unit; does nothing if it does not exist or is not running.</summary>
    Task StopAsync(string unit);

    /// <summary>Resets the start limit of a unit that failed too often.</summary>
    Task ResetFailedAsync(string unit);

    /// <summary>
    /// Starts a transient timer and its service, as <c>systemd-run --on-active</c> does. The program then runs after
    /// that time, even if this process has died. The time is monotonic, so setting the clock does not affect it.
    /// </summary>
    /// <param name="name">The unit name without <c>.timer</c>.</param>
    /// <param name="after">The delay from now.</param>
    /// <param name="command">The absolute path of the program, and its arguments.</param>
    Task ArmTimerAsync(string name, TimeSpan after, IReadOnlyList<string> command);
}

/// <summary>The service manager rejected a call or did not respond.</summary>
internal sealed class ServiceManagerException(string problem) : Exception(problem);
