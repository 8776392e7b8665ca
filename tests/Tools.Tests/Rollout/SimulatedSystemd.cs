// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// systemd and a kubelet, as far as a rollout sees them: unit files count after a reload, flags count after a restart,
/// and a kubelet whose provider config or binary is missing exits 1 and is started again and again.
/// </summary>
internal sealed class SimulatedSystemd(SimulatedNode node) : IServiceManager
{
    private string loadedLine = "";
    private string[] commandLine = [];
    private bool isWanted;
    private bool hasStarted;
    private TimeSpan startedAt;
    private int starts;
    private TimeSpan? downSince;
    private readonly List<(TimeSpan From, TimeSpan To)> downs = [];

    public bool IsRunning { get; set; } = true;

    /// <summary>Whether a kubelet with this provider config dies some time after its start; null never.</summary>
    public Func<string, TimeSpan?> DiesAfter { get; set; } = static _ => null;

    /// <summary>The timers that are armed, and when they fire.</summary>
    public Dictionary<string, (TimeSpan At, IReadOnlyList<string> Command)> Timers { get; } = [];

    /// <summary>How long a restart takes.</summary>
    public TimeSpan RestartTime { get; set; }

    /// <summary>How often the kubelet was restarted.</summary>
    public int Restarts { get; private set; }

    /// <summary>When the kubelet did not run, as far as it runs again by now.</summary>
    public IReadOnlyList<(TimeSpan From, TimeSpan To)> Downs => downs;

    /// <summary>What it says that it has read for the kubelet's unit.</summary>
    public IReadOnlyList<string> Files { get; set; } = [];

    public HashSet<string> Started { get; } = [];

    public IReadOnlyList<string> CommandLine => commandLine;

    public bool IsKubeletHealthy =>
        isWanted && hasStarted && DeathAfter() is var death && (death is null || node.Now < startedAt + death);

    /// <summary>Whether a kubelet that systemd would start at this moment would stay.</summary>
    public bool WouldStart => StartProblem(ParseLine(loadedLine)) is null;

    public void Reload()
    {
        var files = UnitFilesReader.Read(new NodeFilesReader(node.Root), SimulatedNode.KubeletUnit, without: null);
        var line = ExecStart.Of(files).Line ?? throw new InvalidOperationException("the unit has no ExecStart");
        foreach (var file in files)
        {
            foreach (
                var text in file
                    .Text.Split('\n')
                    .Where(text => text.StartsWith("Environment=\"", StringComparison.Ordinal))
            )
            {
                var (name, value) = text["Environment=\"".Length..].TrimEnd('"').Split('=', 2) is [var left, var right]
                    ? (left, right)
                    : ("", "");
                line = line.Replace("$" + name, value, StringComparison.Ordinal);
            }
        }

        loadedLine = line;
    }

    public void StartKubelet()
    {
        if (isWanted && downSince is null && !IsKubeletHealthy)
        {
            // It has died since its last start.
            downSince = startedAt + (hasStarted ? DeathAfter() : null).GetValueOrDefault();
        }

        isWanted = true;
        commandLine = ParseLine(loadedLine);
        hasStarted = StartProblem(commandLine) is null;
        startedAt = node.Now;
        starts++;
        if (downSince is { } since && IsKubeletHealthy)
        {
            downs.Add((since, node.Now));
            downSince = null;
        }
    }

    public void StopKubelet() => isWanted = false;

    public Task<UnitStatus> StatusAsync(string unit) =>
        Task.FromResult(
            (
                unit != SimulatedNode.KubeletUnit ? new UnitStatus(false, "inactive", 0, 0, "")
                : !isWanted ? new UnitStatus(true, "inactive", 0, 0, "")
                : IsKubeletHealthy ? new UnitStatus(true, "active", 1000 + starts, 0, $"{starts}")
                : new UnitStatus(true, "activating", 0, 3, $"{starts}x")
            ) with
            {
                Files = Files,
            }
        );

    public Task<IReadOnlyList<string>> CommandLineAsync(string unit, int process) =>
        Task.FromResult<IReadOnlyList<string>>(commandLine);

    public Task ReloadAsync()
    {
        Reload();
        return Task.CompletedTask;
    }

    public Task<string> RestartAsync(string unit)
    {
        Restarts++;
        downSince ??= IsKubeletHealthy ? node.Now : null;
        node.Now += RestartTime;
        StartKubelet();
        return Task.FromResult("done");
    }

    public Task<string> StartAsync(string unit)
    {
        Started.Add(unit);
        return Task.FromResult(File.Exists(node.Here("/etc/systemd/system/" + unit)) ? "done" : "failed");
    }

    public Task StopAsync(string unit)
    {
        Started.Remove(unit);
        Timers.Remove(unit.Replace(".timer", "", StringComparison.Ordinal));
        return Task.CompletedTask;
    }

    public Task ResetFailedAsync(string unit) => Task.CompletedTask;

    public Task ArmTimerAsync(string name, TimeSpan after, IReadOnlyList<string> command)
    {
        Timers[name] = (node.Now + after, command);
        return Task.CompletedTask;
    }

    public void Dispose() { }

    private static string[] ParseLine(string line) =>
        [.. line.Split(' ').Where(word => word.Length > 0 && word[0] != '$')];

    private TimeSpan? DeathAfter() => ConfigText(commandLine) is { } text ? DiesAfter(text) : null;

    private string? ConfigText(IReadOnlyList<string> line)
    {
        if (KubeletArgumentsReader.Flag(line, KubeletFacts.ConfigFlag) is not { } config)
        {
            return null;
        }

        var here = node.Here(config);
        return Directory.Exists(here)
                ? string.Concat(
                    Directory
                        .GetFiles(here)
                        .Where(file => Path.GetExtension(file) is ".yaml" or ".json")
                        .Order(StringComparer.Ordinal)
                        .Select(File.ReadAllText)
                )
            : File.Exists(here) ? File.ReadAllText(here)
            : null;
    }

    private string? StartProblem(IReadOnlyList<string> line)
    {
        if (KubeletArgumentsReader.Flag(line, KubeletFacts.ConfigFlag) is null)
        {
            return null;
        }

        if (
            ConfigText(line) is not { } text
            || !text.Contains("kind: CredentialProviderConfig", StringComparison.Ordinal)
        )
        {
            return "no provider config";
        }

        var missing = text.Split('\n')
            .Where(entry => entry.StartsWith("- name: ", StringComparison.Ordinal))
            .Select(entry =>
                $"{KubeletArgumentsReader.Flag(line, KubeletFacts.BinDirFlag)}/{entry["- name: ".Length..]}"
            )
            .FirstOrDefault(binary => !File.Exists(node.Here(binary)));
        return missing is null ? null : $"no binary {missing}";
    }
}
