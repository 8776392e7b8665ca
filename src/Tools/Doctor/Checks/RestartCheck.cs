// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP005: the kubelet reads its provider config once, when it starts.</summary>
internal static class RestartCheck
{
    public static readonly Check Row = new("CP005", "kubelet restarted since", Run);

    /// <summary>
    /// The start time is a number of hundredths of a second since the boot, whose time is truncated to a second. The
    /// real start is at most this much later, and never earlier.
    /// </summary>
    private static readonly TimeSpan Uncertainty = TimeSpan.FromSeconds(1);

    private static CheckResult Run(NodeView view)
    {
        if (view.Kubelet.Process is not { } process)
        {
            return NodeProcess.AreVisible(view.Files)
                ? CheckResult.Skipped("no kubelet runs")
                : throw new CheckSkippedException("no process can be seen", isUndetermined: true);
        }

        if (process.Started is not { } started)
        {
            throw new CheckSkippedException(
                $"/proc does not say when process {process.Id} was started",
                isUndetermined: true
            );
        }

        var config = view.Providers.Config;
        var found = new Findings();
        foreach (var path in config.Files.Prepend(config.Path).Distinct())
        {
            if (view.Files.Find(path) is { } file)
            {
                Look(found, path, file, started);
            }
        }

        return found.ToResult($"the kubelet (process {process.Id}) was started after its provider config last changed");
    }

    private static void Look(Findings found, string path, FileFacts file, DateTimeOffset started)
    {
        Fix[] restart =
        [
            Fix.Note("once CP001 to CP004 are ok, because the kubelet does not start with an invalid configuration:"),
            Fix.Run($"systemctl restart kubelet"),
        ];
        if (file.Modified > started + Uncertainty)
        {
            found.Fail(
                $"\"{path}\" was written {file.Modified:u}, after the kubelet's start {started:u}: the kubelet uses "
                    + "the old one",
                restart
            );
        }
        else if (file.Modified > started)
        {
            found.Warn(
                $"\"{path}\" was written within the second in which the kubelet was started, {started:u}: it may use "
                    + "the old one",
                restart
            );
        }
        else if (file.Changed > started + Uncertainty)
        {
            found.Warn(
                $"\"{path}\" was moved there, or its mode or owner was changed, {file.Changed:u}, after the kubelet's "
                    + $"start {started:u}; its content may be older",
                restart
            );
        }
    }
}
