// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>A secret's key that a run wrote to the auth file, for a location from which CRI-O pulls.</summary>
/// <param name="Registry">The key in the auth file.</param>
/// <param name="Secret">The name of the secret.</param>
internal sealed record UsedKey(string Registry, string Secret);

/// <summary>One run of this program, reconstructed from its journal entries (docs/reference/journal.md).</summary>
internal sealed record ProviderRun
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// As the kubelet passes it, without tag and digest; null if the run ended before it read the request.
    /// </summary>
    public string? Image { get; init; }

    public string? Namespace { get; init; }

    public string? ServiceAccount { get; init; }

    public string? Pod { get; init; }

    /// <summary>
    /// <c>written</c>, <c>nothing-to-do</c>, <c>failed</c> and others; null if the last entry is missing.
    /// </summary>
    public string? Outcome { get; init; }

    /// <summary>The ID of the outcome's reason; null if the auth file was written.</summary>
    public string? Code { get; init; }

    /// <summary>The run's last message. For a failure, it contains the problem and what to do.</summary>
    public required string LastMessage { get; init; }

    /// <summary>The mirrors or the location in registries.conf for the image, in CRI-O's order.</summary>
    public string? Sources { get; init; }

    public IReadOnlyList<UsedKey> Keys { get; init; } = [];

    public string? AuthFile { get; init; }

    /// <summary>The warnings of the run, with their IDs.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The runs in the entries, in order of time. The entries of several runs may be interleaved.</summary>
    public static IReadOnlyList<ProviderRun> Find(IEnumerable<JournalLine> lines) =>
        [
            .. lines
                .Where(line => line.Own("RUN") is not null)
                .GroupBy(line => line.Own("RUN"), StringComparer.Ordinal)
                .Select(group => Of([.. group]))
                .OrderBy(run => run.Time),
        ];

    private static ProviderRun Of(JournalLine[] lines)
    {
        var last = lines.LastOrDefault(line => line.Own("OUTCOME") is not null) ?? lines[^1];
        return new ProviderRun
        {
            Time = last.Time,
            Image = Last(lines, "IMAGE"),
            Namespace = Last(lines, "NAMESPACE"),
            ServiceAccount = Last(lines, "SERVICE_ACCOUNT"),
            Pod = Last(lines, "POD"),
            Outcome = last.Own("OUTCOME"),
            Code = last.Own("OUTCOME") is null ? null : last.Own("CODE"),
            LastMessage = last.Message,
            Sources = lines.FirstOrDefault(line => line.Own("SOURCE") is not null)?.Own("SOURCE"),
            Keys =
            [
                .. lines
                    .Where(line => line.Own("REGISTRY") is not null && line.Own("SECRET") is not null)
                    .Select(line => new UsedKey(line.Own("REGISTRY")!, line.Own("SECRET")!))
                    .Distinct(),
            ],
            AuthFile = last.Own("AUTH_FILE"),
            Warnings =
            [
                .. lines
                    .Where(line => line != last && line.Own("CODE") is not null)
                    .Select(line => $"{line.Message} [{line.Own("CODE")}]"),
            ],
        };
    }

    private static string? Last(JournalLine[] lines, string name) =>
        lines.LastOrDefault(line => line.Own(name) is not null)?.Own(name);
}
