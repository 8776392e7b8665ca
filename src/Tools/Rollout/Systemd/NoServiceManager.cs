// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Used if systemd does not respond. Files can still be written; the kubelet uses them at its next start.
/// </summary>
/// <param name="why">One line for the message that refuses a restart.</param>
internal sealed class NoServiceManager(string why) : IServiceManager
{
    public bool IsRunning => false;

    public string Why => why;

    public Task<UnitStatus> StatusAsync(string unit) => Task.FromResult(new UnitStatus(false, "inactive", 0, 0, ""));

    public Task<IReadOnlyList<string>> CommandLineAsync(string unit, int process) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task ReloadAsync() => Task.CompletedTask;

    public Task<string> RestartAsync(string unit) => throw new ServiceManagerException(why);

    public Task<string> StartAsync(string unit) => Task.FromResult("done");

    public Task StopAsync(string unit) => Task.CompletedTask;

    public Task ResetFailedAsync(string unit) => Task.CompletedTask;

    public Task ArmTimerAsync(string name, TimeSpan after, IReadOnlyList<string> command) =>
        throw new ServiceManagerException(why);

    public void Dispose() { }
}
