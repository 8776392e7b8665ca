// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Journal;

/// <summary>
/// Every message of the journal. People and test suites compare the first fifteen word for word
/// (docs/reference/messages.md lists them at its end). A kind of entry never changes its MESSAGE_ID.
/// </summary>
internal static class Sentences
{
    private static readonly (string, string)[] None = [];

    public static JournalEntry Running() => Info("8d5b4c1c7bd94a3f9a33a1d2c9b40101", "Running credential provider");

    public static JournalEntry ReadingFromStdin() => Info("8d5b4c1c7bd94a3f9a33a1d2c9b40102", "Reading from stdin");

    public static JournalEntry ParsedRequest(string image) =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b40103", $"Parsed credential provider request for image \"{image}\"");

    public static JournalEntry ParsingNamespace() =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b40104", "Parsing namespace from request");

    public static JournalEntry MatchingMirrors(string registriesConf) =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b40105", $"Matching mirrors for registry config: {registriesConf}");

    public static JournalEntry GotMirrors(string image, string locations) =>
        Info(
            "8d5b4c1c7bd94a3f9a33a1d2c9b40106",
            $"Got mirror(s) for \"{image}\": \"{locations}\"",
            ("SOURCE", locations)
        );

    public static JournalEntry GettingSecrets(string ns) =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b40107", $"Getting secrets from namespace: {ns}");

    public static JournalEntry DefaultApiServer(string envFile, string host) =>
        Info(
            "8d5b4c1c7bd94a3f9a33a1d2c9b40108",
            $"Unable to find env file \"{envFile}\", using default API server host: {host}",
            ("API_SERVER", host)
        );

    public static JournalEntry ApiServer(string host, string origin) =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b40109", $"Using API server host: {host} ({origin})", ("API_SERVER", host));

    public static JournalEntry GotSecrets(int count) =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b4010a", $"Got {count} secret(s)");

    public static JournalEntry ParsingSecret(string secret, Priority priority) =>
        new(priority, "8d5b4c1c7bd94a3f9a33a1d2c9b4010b", $"Parsing secret: {secret}", [("SECRET", secret)]);

    public static JournalEntry FoundAuth(string secret, string key, Priority priority) =>
        new(
            priority,
            "8d5b4c1c7bd94a3f9a33a1d2c9b4010c",
            $"Found docker config JSON auth in secret \"{secret}\" for \"{key}\"",
            [("SECRET", secret), ("KEY", key)]
        );

    public static JournalEntry CheckingMirror(string location, string registry, Priority priority) =>
        new(
            priority,
            "8d5b4c1c7bd94a3f9a33a1d2c9b4010d",
            $"Checking if mirror \"{location}\" matches registry \"{registry}\"",
            [("SOURCE", location), ("REGISTRY", registry)]
        );

    public static JournalEntry UsingMirrorAuth(string location, string registry, string secret, Priority priority) =>
        new(
            priority,
            "8d5b4c1c7bd94a3f9a33a1d2c9b4010e",
            $"Using mirror auth \"{location}\" for registry from secret \"{registry}\"",
            [("SOURCE", location), ("REGISTRY", registry), ("SECRET", secret)]
        );

    public static JournalEntry WroteAuthFile(string path, int entries) =>
        Info(
            "8d5b4c1c7bd94a3f9a33a1d2c9b4010f",
            $"Wrote auth file to {path} with {entries} number of entries",
            ("AUTH_FILE", path),
            ("ENTRIES", entries.ToString())
        );

    private static JournalEntry AuthFilePath(string path, TimeSpan duration) =>
        Info(
            "8d5b4c1c7bd94a3f9a33a1d2c9b40110",
            $"Auth file path: {path}",
            ("AUTH_FILE", path),
            ("OUTCOME", "written"),
            ("DURATION_US", Microseconds(duration))
        );

    public static JournalEntry UsingRegistryAuth(string registry, string image, string secret, Priority priority) =>
        new(
            priority,
            "8d5b4c1c7bd94a3f9a33a1d2c9b40201",
            $"Using auth for registry \"{registry}\" matching image \"{image}\"",
            [("REGISTRY", registry), ("SECRET", secret)]
        );

    public static JournalEntry RemappedTo(string image, string location) =>
        Info("8d5b4c1c7bd94a3f9a33a1d2c9b40202", $"Got location for \"{image}\": \"{location}\"", ("SOURCE", location));

    public static JournalEntry DecidedBy(string image, string origin) =>
        Debug("8d5b4c1c7bd94a3f9a33a1d2c9b40203", $"Registry entry at {origin} decides for \"{image}\"");

    /// <summary>Logged only at debug, because an image in a request always has a full name, and such a pull ignores the
    /// file.</summary>
    public static JournalEntry ShortNamesIgnored(string problem) =>
        Debug("8d5b4c1c7bd94a3f9a33a1d2c9b4020a", $"Ignoring the machine's short names: {problem}");

    /// <summary>If more files are removed, one entry reports them all: a sweep of thousands must not flood the
    /// journal.</summary>
    private const int MostRemovedLeftovers = 100;

    /// <summary>One entry for each removed file, or a single one if there are many.</summary>
    /// <param name="directory">CRI-O's directory.</param>
    /// <param name="paths">The removed files.</param>
    public static IEnumerable<JournalEntry> RemovedLeftovers(string directory, IReadOnlyList<string> paths) =>
        paths.Count <= MostRemovedLeftovers
            ? paths.Select(RemovedLeftover)
            : [Info(RemovedLeftoverId, $"Removed {paths.Count} auth files of earlier pulls from {directory}")];

    /// <summary>An auth file was removed because no pull will use it.</summary>
    public static JournalEntry RemovedLeftover(string path) =>
        Info(RemovedLeftoverId, $"Removed auth file {OneLine.Of(path)} of an earlier pull", ("AUTH_FILE", path));

    private const string RemovedLeftoverId = "8d5b4c1c7bd94a3f9a33a1d2c9b40204";

    public static JournalEntry NamedSecrets(IReadOnlyList<string> names) =>
        Info(
            "8d5b4c1c7bd94a3f9a33a1d2c9b40209",
            names.Count == 0
                ? $"Annotation {Secrets.PullSecretsAnnotation.Key} names no secret"
                : $"Annotation {Secrets.PullSecretsAnnotation.Key} names secret(s): {string.Join(", ", names)}"
        );

    /// <summary>The run continues without the restrictions that the kernel refused.</summary>
    public static JournalEntry SandboxIncomplete(IReadOnlyList<string> refused) =>
        Debug("8d5b4c1c7bd94a3f9a33a1d2c9b40240", $"The sandbox is incomplete, without: {string.Join(", ", refused)}");

    public static JournalEntry ImagePullSecrets(string? serviceAccount, IReadOnlyList<string> names) =>
        Info(
            "8d5b4c1c7bd94a3f9a33a1d2c9b4020b",
            $"Service account \"{serviceAccount}\" may not list secrets; its imagePullSecrets name: "
                + (names.Count == 0 ? "none" : string.Join(", ", names))
        );

    public static JournalEntry Noticed(Notice notice) =>
        new(Priority.Warning, "8d5b4c1c7bd94a3f9a33a1d2c9b40205", notice.Message, [("CODE", notice.Reason.Id)]);

    /// <summary>The last entry of a run, with its outcome. The line of a failure is also printed on stderr.</summary>
    public static JournalEntry Ended(Outcome outcome, TimeSpan duration) =>
        outcome switch
        {
            Outcome.Written written => AuthFilePath(written.Path, duration),
            Outcome.NothingToDo nothing => Info(
                "8d5b4c1c7bd94a3f9a33a1d2c9b40206",
                nothing.Sentence,
                ("OUTCOME", nothing.Name),
                ("CODE", nothing.Reason.Id),
                ("DURATION_US", Microseconds(duration))
            ),
            Outcome.AccessConfirmed confirmed => new(
                Priority.Warning,
                "8d5b4c1c7bd94a3f9a33a1d2c9b4020b",
                confirmed.Line,
                [
                    ("OUTCOME", confirmed.Name),
                    ("CODE", Reasons.AccessRecordUsed.Id),
                    ("DURATION_US", Microseconds(duration)),
                ]
            ),
            Outcome.Failed failed => new(
                Priority.Error,
                "8d5b4c1c7bd94a3f9a33a1d2c9b40207",
                failed.Line,
                [("OUTCOME", failed.Name), ("CODE", failed.Reason.Id), ("DURATION_US", Microseconds(duration))]
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    private static JournalEntry Info(string id, string message, params (string, string)[] fields) =>
        new(Priority.Info, id, message, fields.Length == 0 ? None : fields);

    private static JournalEntry Debug(string id, string message) => new(Priority.Debug, id, message, None);

    /// <summary>A duration in the unit of the fields that end in <c>_US</c>.</summary>
    public static string Microseconds(TimeSpan duration) => ((long)duration.TotalMicroseconds).ToString();
}
