// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Watches a kubelet that was just restarted. It is healthy if it stays the same process for the whole time, responds
/// on its health port at the end, and has the expected flags.
/// </summary>
internal sealed class Judge(IServiceManager services, KubeletHealth health, RolloutClock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How much longer than the window a slow kubelet may take to respond.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How many consecutive successful responses the kubelet must give at the end.</summary>
    private const int AnswersInARow = 3;

    /// <returns>What is wrong with the kubelet; null if it is healthy.</returns>
    public async Task<string?> ProblemAsync(string unit, TimeSpan window, KubeletFlags flags)
    {
        var end = clock.Elapsed() + window;
        var first = await services.StatusAsync(unit);
        if (WhyNotRunning(first, unit) is { } atOnce)
        {
            return atOnce;
        }

        var answers = 0;
        IReadOnlyList<string> commandLine;
        string? silence = null;
        while (true)
        {
            var asked = clock.Elapsed();

            // Between fork and exec, the process still has systemd's command line.
            commandLine = await services.CommandLineAsync(unit, first.MainPid);
            silence = await health(commandLine);
            answers = silence is null ? answers + 1 : 0;
            var status = await services.StatusAsync(unit);
            if (WhyNotRunning(status, unit) is { } why)
            {
                return why;
            }

            if (
                status.MainPid != first.MainPid
                || status.Restarts != first.Restarts
                || status.InvocationId != first.InvocationId
            )
            {
                return $"{unit} exited and was started again";
            }

            if (asked >= end && (answers >= AnswersInARow || asked >= end + Patience))
            {
                break;
            }

            await clock.Pause(Interval);
        }

        return answers < AnswersInARow
                ? $"{unit} is running, but its health port {silence ?? "has only just begun to respond"}"
            : flags.Problem(commandLine) is { } problem ? $"{unit} is running, but {problem}"
            : null;
    }

    /// <summary>Checks a kubelet that somebody else has restarted.</summary>
    /// <returns>What is wrong with the kubelet; null if it is healthy.</returns>
    public async Task<string?> ProblemNowAsync(string unit, KubeletFlags flags)
    {
        var status = await services.StatusAsync(unit);
        if (WhyNotRunning(status, unit) is { } why)
        {
            return why;
        }

        var commandLine = await services.CommandLineAsync(unit, status.MainPid);
        return await health(commandLine) is { } silence ? $"{unit} is running, but its health port {silence}"
            : flags.Problem(commandLine) is { } problem ? $"{unit} is running, but {problem}"
            : null;
    }

    private static string? WhyNotRunning(UnitStatus status, string unit) =>
        !status.IsLoaded ? $"unit {unit} does not exist"
        : !status.IsActive || status.MainPid == 0 ? $"{unit} is not running: it is {status.ActiveState}"
        : null;
}
