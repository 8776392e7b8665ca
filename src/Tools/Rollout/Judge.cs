// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Watches a kubelet that was just restarted. It is well when it stays the same process for the whole time, answers on
/// its health port at the end, and has the flags that it should have.
/// </summary>
internal sealed class Judge(IServiceManager services, KubeletHealth health, RolloutClock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A kubelet that starts slowly gets this time beyond the window to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Answers in a row, without a failed one between them, that a kubelet must give at the end.</summary>
    private const int AnswersInARow = 3;

    /// <returns>What is wrong with the kubelet; null when it is well.</returns>
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

            // Right after its start, the process may still have the command line of systemd.
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
                return $"{unit} ended and was started again";
            }

            if (asked >= end && (answers >= AnswersInARow || asked >= end + Patience))
            {
                break;
            }

            await clock.Pause(Interval);
        }

        return answers < AnswersInARow
                ? $"{unit} runs, but its health port {silence ?? "has only just begun to answer"}"
            : flags.Problem(commandLine) is { } problem ? $"{unit} runs, but {problem}"
            : null;
    }

    /// <summary>A look at a kubelet that somebody else has restarted.</summary>
    /// <returns>What is wrong with the kubelet; null when it is well.</returns>
    public async Task<string?> ProblemNowAsync(string unit, KubeletFlags flags)
    {
        var status = await services.StatusAsync(unit);
        if (WhyNotRunning(status, unit) is { } why)
        {
            return why;
        }

        var commandLine = await services.CommandLineAsync(unit, status.MainPid);
        return await health(commandLine) is { } silence ? $"{unit} runs, but its health port {silence}"
            : flags.Problem(commandLine) is { } problem ? $"{unit} runs, but {problem}"
            : null;
    }

    private static string? WhyNotRunning(UnitStatus status, string unit) =>
        !status.IsLoaded ? $"there is no unit {unit}"
        : !status.IsActive || status.MainPid == 0 ? $"{unit} does not run: it is {status.ActiveState}"
        : null;
}
