// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.TestSupport;

/// <summary>A container of a pod that the kubelet starts.</summary>
/// <param name="Name">The pod's name. Back-off is tracked for each pod and image.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Token">The token of the pod's service account.</param>
/// <param name="Image">The image as the pod names it, with a tag.</param>
/// <param name="Policy">Always, IfNotPresent or Never.</param>
internal sealed record SimulatedPod(string Name, string Namespace, string Token, string Image, string Policy = "Always")
{
    /// <summary>User names and passwords of the pod's imagePullSecrets that match the image.</summary>
    public IReadOnlyList<string> PullSecrets { get; init; } = [];

    /// <summary>
    /// The answer of a second credential provider for the same image, which the kubelet adds after this program's.
    /// </summary>
    public string? SecondProvider { get; init; }
}

/// <summary>One attempt to start a container.</summary>
/// <param name="End">
/// present, pulled, refused by the registry, ErrImageNeverPull, back-off, or limiter.
/// </param>
/// <param name="Run">How long the provider ran; zero if it did not run.</param>
/// <param name="ExitCode">The provider's exit code.</param>
/// <param name="Pulls">The content of the auth file for each PullImage call; null if there was no file.</param>
internal sealed record PullAttempt(string End, TimeSpan Run, int ExitCode, IReadOnlyList<string?> Pulls);

/// <summary>
/// Runs the program as the kubelet does, as far as it affects auth files, and simulates CRI-O.
/// <see cref="KubeletRules"/> lists the rules and their sources.
/// </summary>
/// <param name="folder">The root directory of the kubelet and of CRI-O.</param>
/// <param name="authDirectory">CRI-O's directory of auth files.</param>
/// <param name="provider">Runs the provider: takes image and token, and returns exit code and output.</param>
internal sealed class SimulatedKubelet(string folder, string authDirectory, Func<string, string, RunResult> provider)
{
    private static readonly TimeSpan UntilIntent = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan UntilTaken = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (DateTime Until, TimeSpan Next)> backOff = [];
    private readonly Dictionary<string, int> intents = [];
    private readonly Dictionary<string, HashSet<string>> records = [];
    private readonly SerialQueue serial = new();
    private readonly Lock bucket = new();
    private double tokens;
    private long filled = Stopwatch.GetTimestamp();

    /// <summary>serializeImagePulls</summary>
    public bool IsSerial { get; init; }

    /// <summary>registryPullQPS and registryBurst; zero for no limit.</summary>
    public (double PerSecond, int Burst) Limit { get; init; }

    /// <summary>
    /// Whether the feature gate KubeletEnsureSecretPulledImages is on, with pull intents, records and access checks.
    /// </summary>
    public bool KeepsRecords { get; init; } = true;

    /// <summary>Whether a pull succeeds, for a pod and the content of the auth file (null without one).</summary>
    public Func<SimulatedPod, string?, bool> Registry { get; init; } = (_, file) => file is not null;

    /// <summary>The duration of a pull.</summary>
    public Func<SimulatedPod, TimeSpan> Duration { get; init; } = _ => TimeSpan.FromMilliseconds(50);

    public string Pulling => Path.Combine(folder, "image_manager", "pulling");

    /// <summary>The accounts that may use an image, as <c>nodePodsAccessible</c> or tokens.</summary>
    public IReadOnlyCollection<string> RecordOf(string image) => records.GetValueOrDefault(image) ?? [];

    public void Start()
    {
        tokens = Limit.Burst;
        if (KeepsRecords)
        {
            Directory.CreateDirectory(Pulling, (UnixFileMode)0x1C0);
        }
    }

    /// <summary>Records that the image is present, and that this account may use it.</summary>
    public void AddPresent(string image, string who) => records[image] = [who];

    /// <summary>Retries until the container can start, as the kubelet's sync loop does.</summary>
    public List<PullAttempt> StartPod(SimulatedPod pod, TimeSpan longest)
    {
        List<PullAttempt> attempts = [];
        var start = Stopwatch.GetTimestamp();
        // The seed differs for each pod, and is the same in each run.
        var jitter = new Random($"{pod.Name} {pod.Image}".Aggregate(0, (seed, letter) => (seed * 31) + letter));
        while (true)
        {
            attempts.Add(EnsureImageExists(pod));
            if (attempts[^1].End is "present" or "pulled" || Stopwatch.GetElapsedTime(start) > longest)
            {
                return attempts;
            }

            // The next sync of the pod happens when its back-off is over, plus up to half of that time.
            var left = backOff.GetValueOrDefault($"{pod.Name} {pod.Image}").Until - DateTime.UtcNow;
            var wait = left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(20) : TimeSpan.FromSeconds(1);
            Thread.Sleep(wait * (1 + (jitter.NextDouble() / 2)));
        }
    }

    public PullAttempt EnsureImageExists(SimulatedPod pod)
    {
        var isPresent = IsPresent(pod.Image);
        if (isPresent && pod.Policy != "Always" && (!KeepsRecords || Accessible(pod.Image, "nodePodsAccessible")))
        {
            return new PullAttempt("present", TimeSpan.Zero, 0, []);
        }

        if (!isPresent && pod.Policy == "Never")
        {
            return new PullAttempt("ErrImageNeverPull", TimeSpan.Zero, 0, []);
        }

        var start = Stopwatch.GetTimestamp();
        var answer = provider(Canonical(pod.Image).Text, pod.Token);
        var ran = Stopwatch.GetElapsedTime(start);
        var credentials = Credentials(pod, answer);
        if (isPresent && pod.Policy != "Always" && credentials.Any(credential => Accessible(pod.Image, credential.Who)))
        {
            return new PullAttempt("present", ran, answer.ExitCode, []);
        }

        return pod.Policy == "Never"
            ? new PullAttempt("ErrImageNeverPull", ran, answer.ExitCode, [])
            : Pull(pod, credentials, ran, answer.ExitCode);
    }

    private PullAttempt Pull(SimulatedPod pod, List<(string Who, string User)> credentials, TimeSpan ran, int exitCode)
    {
        Thread.Sleep(UntilIntent);
        AddIntent(pod.Image);
        try
        {
            var key = $"{pod.Name} {pod.Image}";
            if (backOff.TryGetValue(key, out var kept) && kept.Until > DateTime.UtcNow)
            {
                return new PullAttempt("back-off", ran, exitCode, []);
            }

            List<string?> pulls = [];
            var end = "";
            void PullAll()
            {
                end = "refused by the registry";
                foreach (var (who, _) in credentials.DefaultIfEmpty(("nodePodsAccessible", "")))
                {
                    if (!IsWithinLimit())
                    {
                        end = "limiter";
                        return;
                    }

                    Thread.Sleep(UntilTaken);
                    if (PullImage(pod, pulls))
                    {
                        Record(pod.Image, who);
                        end = "pulled";
                        return;
                    }
                }
            }

            if (IsSerial)
            {
                serial.Run(PullAll);
            }
            else
            {
                PullAll();
            }

            if (end != "pulled")
            {
                var wait = kept.Next > TimeSpan.Zero ? kept.Next : FirstBackOff;
                backOff[key] = (DateTime.UtcNow + wait, wait * 2);
            }

            return new PullAttempt(end, ran, exitCode, pulls);
        }
        finally
        {
            RemoveIntent(pod.Image);
        }
    }

    /// <summary>Simulates CRI-O's PullImage. Only the first of several calls finds the auth file.</summary>
    private bool PullImage(SimulatedPod pod, List<string?> pulls)
    {
        string? file = null;
        var isGood = false;
        var path = Path.Combine(authDirectory, AuthFileName.For(pod.Namespace, Canonical(pod.Image)));
        var isTaken = CrioTaker.TryTake(path, content =>
        {
            file = content;
            Thread.Sleep(Duration(pod));
            isGood = Registry(pod, file);
        });
        pulls.Add(file);
        return isTaken ? isGood : Registry(pod, null);
    }

    private static List<(string Who, string User)> Credentials(SimulatedPod pod, RunResult answer)
    {
        List<(string, string)> credentials = [.. pod.PullSecrets.Select(user => ($"secret {user}", user))];
        if (answer.ExitCode == 0 && JsonNode.Parse(answer.Stdout)!["auth"] is JsonObject { Count: > 0 } auth)
        {
            credentials.AddRange(auth.Select(entry => (pod.Token, (string)entry.Value!["username"]!)));
        }

        if (pod.SecondProvider is { } second)
        {
            credentials.Add((pod.Token, second));
        }

        return credentials;
    }

    private bool IsWithinLimit()
    {
        if (Limit.PerSecond == 0)
        {
            return true;
        }

        lock (bucket)
        {
            tokens = Math.Min(Limit.Burst, tokens + (Stopwatch.GetElapsedTime(filled).TotalSeconds * Limit.PerSecond));
            filled = Stopwatch.GetTimestamp();
            if (tokens < 1)
            {
                return false;
            }

            tokens--;
            return true;
        }
    }

    private void AddIntent(string image)
    {
        if (!KeepsRecords)
        {
            return;
        }

        lock (intents)
        {
            intents[image] = intents.GetValueOrDefault(image) + 1;
            var path = IntentPath(image);
            File.WriteAllText(
                path + ".tmp",
                "{\"kind\":\"ImagePullIntent\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"image\":\""
                    + image
                    + "\"}\n"
            );
            File.Move(path + ".tmp", path, overwrite: true);
        }
    }

    private void RemoveIntent(string image)
    {
        if (!KeepsRecords)
        {
            return;
        }

        lock (intents)
        {
            if (--intents[image] == 0)
            {
                File.Delete(IntentPath(image));
            }
        }
    }

    private bool IsPresent(string image)
    {
        lock (records)
        {
            return records.ContainsKey(image);
        }
    }

    private bool Accessible(string image, string who)
    {
        lock (records)
        {
            return records[image].Contains(who);
        }
    }

    private void Record(string image, string who)
    {
        lock (records)
        {
            if (!records.TryGetValue(image, out var all))
            {
                records[image] = all = [];
            }

            all.Add(who);
        }
    }

    /// <summary>The name contains the hash of the image as the pod names it, including its tag.</summary>
    private string IntentPath(string image) =>
        Path.Combine(Pulling, "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image))));

    private static RepositoryName Canonical(string image) =>
        PodImage.TryParse(image, out var parsed, out var problem) ? parsed!.Name : throw new FormatException(problem);

    /// <summary>Serves its callers one after the other, in the order of their requests.</summary>
    private sealed class SerialQueue
    {
        private readonly object gate = new();
        private long next;
        private long serving;

        public void Run(Action action)
        {
            lock (gate)
            {
                var place = next++;
                while (serving != place)
                {
                    Monitor.Wait(gate);
                }
            }

            try
            {
                action();
            }
            finally
            {
                lock (gate)
                {
                    serving++;
                    Monitor.PulseAll(gate);
                }
            }
        }
    }
}
