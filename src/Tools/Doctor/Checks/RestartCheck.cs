using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP005: the kubelet reads its provider config once, at its start.</summary>
internal static class RestartCheck
{
    public static readonly Check Row = new("CP005", "kubelet restarted since", Run);

    /// <summary>The time of the boot is known to a second, and the start is counted from it.</summary>
    private static readonly TimeSpan Blur = TimeSpan.FromSeconds(2);

    private static CheckResult Run(NodeView view)
    {
        if (view.Kubelet.Process is not { } process)
        {
            return NodeProcess.CanBeSeen(view.Files)
                ? CheckResult.Skipped("no kubelet runs")
                : throw new CheckSkippedException("no process can be seen", isUndetermined: true);
        }

        if (process.Started is not { } started)
        {
            throw new CheckSkippedException($"/proc does not tell when process {process.Id} was started", isUndetermined: true);
        }

        var config = view.Config;
        var found = new Findings();
        foreach (var path in config.Files.Prepend(config.Path).Distinct())
        {
            if (view.Files.Find(path) is { } file)
            {
                Look(found, path, file, started);
            }
        }

        return found.ToResult($"the kubelet (process {process.Id}) was started after its provider config was last changed");
    }

    private static void Look(Findings found, string path, FileFacts file, DateTimeOffset started)
    {
        const string Restart = "systemctl restart kubelet";
        if (file.Modified > started + Blur)
        {
            found.Fail($"\"{path}\" was written {file.Modified:u}, after the kubelet's start {started:u}: the kubelet goes by the old one", Restart);
        }
        else if (file.Modified > started - Blur)
        {
            found.Warn($"\"{path}\" was written in the same moment as the kubelet was started, {started:u}", Restart);
        }
        else if (file.Changed > started + Blur)
        {
            found.Warn(
                $"\"{path}\" was put there, or its mode or owner was changed, {file.Changed:u}, after the kubelet's start {started:u}; "
                + "its content may be older",
                Restart);
        }
    }
}
