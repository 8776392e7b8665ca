// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Rollout;
using Prometheus;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>
/// The agent's metrics (docs/reference/agent.md). A registry of its own: the library's has metrics of the process and
/// the runtime, which nobody asked for. No label has the name of a namespace, a secret or a path.
/// </summary>
internal sealed class AgentMetrics
{
    private const string Prefix = "crio_credential_provider_";

    /// <summary>The last two are empty where the node's own are used.</summary>
    private static readonly string[] BuildLabels = ["version", "linkage", "dotnet", "openssl", "glibc"];

    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Gauge ready;
    private readonly Gauge result;
    private readonly Gauge phase;
    private readonly Gauge lastChange;
    private readonly Gauge drift;
    private readonly Counter repairs;
    private readonly Gauge checkedAt;
    private readonly Gauge check;
    private readonly Gauge leftovers;

    public AgentMetrics(string version)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        Gauge Gauge(string name, string help, params string[] labels) =>
            factory.CreateGauge(Prefix + name, help, new GaugeConfiguration { LabelNames = labels });
        Gauge("build_info", "What the agent is built from; always 1.", BuildLabels)
            .WithLabels(version, BuildInfo.Linkage, BuildInfo.DotNetVersion, BuildInfo.OpenSsl, BuildInfo.Glibc)
            .Set(1);
        ready = Gauge("rollout_ready", "Whether /readyz answers 200: the change of this pod is confirmed.");
        result = Gauge("rollout_result", "How the agent's last round ended: 1 for the one result it had.", "result");
        phase = Gauge("rollout_phase", "How far a change of the node has come: 1 for the one phase it is in.", "phase");
        lastChange = Gauge(
            "rollout_last_change_timestamp_seconds",
            "When the last change of the node ended; 0 for never."
        );
        drift = Gauge("drift_paths", "Paths of the node that are not in the wanted state and need a rollout.");
        repairs = factory.CreateCounter(
            Prefix + "drift_repairs_total",
            "Paths of the node that the agent has brought back.",
            // The usual ones come from the runtime's tracing, which needs /dev/urandom.
            new CounterConfiguration { ExemplarBehavior = ExemplarBehavior.NoExemplars() }
        );
        checkedAt = Gauge(
            "drift_last_check_timestamp_seconds",
            "When the node was last compared with the wanted state."
        );
        check = Gauge("doctor_check", "The checks of doctor: 1 for the one outcome that a check had.", "id", "outcome");
        leftovers = Gauge("leftover_auth_files", "Auth files that CRI-O did not take within a minute.");
        Set(AgentStatus.Starting);
        SetOne(phase, Phase.Idle);
    }

    /// <summary>The metrics in Prometheus' text format.</summary>
    public async Task<byte[]> TextAsync()
    {
        using var bytes = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>After a round.</summary>
    public void SetRound(AgentStatus status, DateTimeOffset now)
    {
        Set(status);
        drift.Set(status.Drift.Count);
        repairs.Inc(status.Repaired.Count);
        checkedAt.Set(now.ToUnixTimeSeconds());
    }

    /// <summary>NaN where the state file cannot be used; the round says why.</summary>
    public void SetPhase(StateFileWriter store)
    {
        try
        {
            var state = store.Load();
            SetOne(phase, state.Phase);
            lastChange.Set(state.Last?.At.ToUnixTimeSeconds() ?? 0);
        }
        catch (ProviderException)
        {
            foreach (var value in Enum.GetValues<Phase>())
            {
                phase.WithLabels(Name(value)).Set(double.NaN);
            }

            lastChange.Set(double.NaN);
        }
    }

    public void Set(NodeFindings findings)
    {
        foreach (var done in findings.Checks)
        {
            foreach (var outcome in Enum.GetValues<CheckOutcome>())
            {
                check.WithLabels(done.Id, DoctorReport.Name(outcome)).Set(done.Result.Outcome == outcome ? 1 : 0);
            }
        }

        // NaN is Prometheus' word for a value that is not known.
        leftovers.Set(findings.Leftovers ?? double.NaN);
    }

    private void Set(AgentStatus status)
    {
        ready.Set(status.IsReady ? 1 : 0);
        SetOne(result, status.Result);
    }

    /// <summary>One series per value of the enumeration, so that one that is over does not stay.</summary>
    private static void SetOne<T>(Gauge gauge, T current)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            gauge.WithLabels(Name(value)).Set(EqualityComparer<T>.Default.Equals(value, current) ? 1 : 0);
        }
    }

    /// <summary>As labels are written: <c>AwaitingRestart</c> is <c>awaiting_restart</c>.</summary>
    private static string Name<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
