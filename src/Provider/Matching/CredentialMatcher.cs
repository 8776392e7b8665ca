using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Picks from a namespace's secrets, one at a time, the credentials that fit an image's pull sources. A key fits a
/// source when it is equal to it or a parent of it at a path boundary, or when it lies below a mirror's location.
/// </summary>
/// <param name="sources">Where CRI-O will pull from.</param>
/// <param name="keepMisses">Whether keys that fit nothing are kept in the decisions: for debugging only.</param>
internal sealed class CredentialMatcher(PullSources sources, bool keepMisses)
{
    /// <summary>Notices kept of one run: a namespace of bad secrets must not flood the journal.</summary>
    private const int MaximumNotices = 50;

    /// <summary>Keys kept as decisions; they are for people, and change nothing.</summary>
    private const int MaximumDecisions = 10_000;

    /// <summary>
    /// Characters of keys and credentials that lie below a mirror's location, in all. They fit by the rule, but CRI-O
    /// asks for none of them in this pull, so that nothing is lost where a namespace has more of them.
    /// </summary>
    private const int MaximumBelow = 256 * 1024;

    private readonly Dictionary<string, List<PullSource>> byAncestor = IndexAncestors(sources);
    private readonly Dictionary<string, List<PullSource>> byLocation = IndexLocations(sources);
    private readonly string[] hosts = [.. sources.Sources.Select(s => ImageReference.Domain(s.Reference).ToString()).Distinct()];
    private readonly Dictionary<string, Candidate> best = new(StringComparer.Ordinal);
    private readonly List<SecretDecision> decisions = [];
    private readonly List<Notice> notices = [];
    private int decisionCount;
    private int below;
    private int unreadable;

    /// <summary>What most keys get: nothing is made for them.</summary>
    private static readonly List<FittingSource> NoFits = [];

    /// <summary>Made once: a namespace may have thousands of secrets.</summary>
    private Predicate<string>? wants;

    /// <summary>Forgets everything: the listing starts over.</summary>
    public void Clear()
    {
        best.Clear();
        decisions.Clear();
        notices.Clear();
        (decisionCount, below) = (0, 0);
    }

    public void Add(in PullSecret secret)
    {
        if (secret.DockerConfigJson is not { } document)
        {
            Notice(Reasons.SecretSkipped, $"Skipping secret \"{secret.Name}\": it has no key \".dockerconfigjson\"");
            return;
        }

        List<DockerConfigEntry> entries;
        unreadable = 0;
        try
        {
            entries = DockerConfigReader.Read(document.Span, wants ??= Wants);
        }
        catch (FormatException e)
        {
            Notice(Reasons.SecretSkipped, $"Skipping secret \"{secret.Name}\": {e.Message}");
            return;
        }

        List<KeyDecision>? keys = null;
        foreach (var entry in entries)
        {
            if (Decide(secret.Name, entry) is { } decision && (keepMisses || decision.Fits.Count > 0)
                && decisionCount++ < MaximumDecisions)
            {
                (keys ??= []).Add(decision);
            }
        }

        if (keys is not null || keepMisses)
        {
            decisions.Add(new SecretDecision(secret.Name, keys ?? []));
        }
    }

    public MatchResult Complete()
    {
        decisions.Sort((a, b) => string.CompareOrdinal(a.SecretName, b.SecretName));
        var credentials = best
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new AppliedCredential(pair.Key, pair.Value.Credential, pair.Value.SecretName, pair.Value.Key));
        return new MatchResult([.. credentials], decisions, notices);
    }

    private KeyDecision? Decide(string secretName, DockerConfigEntry entry)
    {
        if (!RegistryKey.TryParse(entry.Key, out var key))
        {
            // The key is not told: what stands in front of an @ could be a password.
            Notice(Reasons.EntrySkipped, $"Skipping an entry of secret \"{secretName}\": its key names no registry");
            return Missed("", "", entry.Key.Length == 0 ? "its key is empty" : "its key names no registry");
        }

        var fits = Fits(key);
        if (fits.Count > 0 && entry.Credential is not null && !HasRoom(fits, entry.Credential))
        {
            return null;
        }

        if (fits.Count > 0 && entry.Credential is null)
        {
            if (entry.Problem is not null)
            {
                Notice(
                    Reasons.EntrySkipped,
                    $"Skipping entry \"{OneLine.Of(entry.Key)}\" of secret \"{secretName}\": {entry.Problem}");
            }

            return Missed(OneLine.Of(entry.Key), key.ToString(), entry.Problem ?? "it holds no credential");
        }

        var text = OneLine.Of(entry.Key);
        foreach (var fit in fits)
        {
            Take(fit.Registry, new Candidate(entry.Credential!, secretName, text, key.IsGlob));
        }

        return new KeyDecision(text, key.ToString(), fits);
    }

    private bool Wants(string key) => RegistryKey.TryParse(key, out var parsed)
        ? (keepMisses && decisionCount < MaximumDecisions) || IsWanted(Fits(parsed))
        : unreadable++ < MaximumNotices;

    private bool IsWanted(List<FittingSource> fits) => fits.Count > 0 && (below < MaximumBelow || IsLookedUp(fits));

    /// <summary>Whether CRI-O looks for one of these in this pull.</summary>
    private bool IsLookedUp(List<FittingSource> fits) => fits.Exists(fit => byAncestor.ContainsKey(fit.Registry));

    /// <summary>Whether this may be kept: without end where CRI-O looks, up to a limit below a mirror's location.</summary>
    private bool HasRoom(List<FittingSource> fits, Credential credential)
    {
        if (IsLookedUp(fits))
        {
            return true;
        }

        var size = fits[0].Registry.Length + credential.Username.Length + credential.Password.Length
            + (credential.IdentityToken?.Length ?? 0);
        if (below < MaximumBelow && below + size >= MaximumBelow)
        {
            Notice(
                Reasons.EntrySkipped,
                $"Skipping entries below a mirror's location that this pull does not need: there are more than {MaximumBelow} characters of them");
        }

        below = Math.Min(MaximumBelow, below + size);
        return below < MaximumBelow;
    }

    private KeyDecision? Missed(string key, string registry, string problem) =>
        keepMisses ? new KeyDecision(key, registry, []) { Problem = problem } : null;

    private List<FittingSource> Fits(RegistryKey key)
    {
        var fits = NoFits;
        if (key.IsGlob)
        {
            foreach (var host in hosts)
            {
                if (HostGlob.Matches(key.Host, host))
                {
                    AddFits(ref fits, (key with { Host = host }).ToString());
                }
            }
        }
        else
        {
            AddFits(ref fits, key.ToString());
            if (key.Host == DockerHub.Name && hosts.Contains(DockerHub.Server))
            {
                // What is for Docker Hub is for its server as well, which a location may name: CRI-O takes them for one.
                AddFits(ref fits, (key with { Host = DockerHub.Server }).ToString());
            }
        }

        return fits;
    }

    private void AddFits(ref List<FittingSource> fits, string registry)
    {
        if (byAncestor.TryGetValue(registry, out var above))
        {
            foreach (var source in above)
            {
                Put(ref fits, new FittingSource(source, registry));
            }
        }

        // Below a mirror's location: the key's own parents are looked up, however many mirrors there are.
        var locations = byLocation.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var parent = registry.AsSpan(); parent.Length > 0; parent = parent[..Math.Max(0, parent.LastIndexOf('/'))])
        {
            if (locations.TryGetValue(parent, out var inside))
            {
                foreach (var source in inside)
                {
                    if (above is null || !above.Contains(source))
                    {
                        Put(ref fits, new FittingSource(source, registry));
                    }
                }
            }
        }
    }

    private static void Put(ref List<FittingSource> fits, FittingSource fit)
    {
        if (ReferenceEquals(fits, NoFits))
        {
            fits = [];
        }

        fits.Add(fit);
    }

    /// <summary>A literal key beats a glob; else the later secret in name order wins, within one secret the later entry.</summary>
    private void Take(string registry, Candidate candidate)
    {
        if (!best.TryGetValue(registry, out var other))
        {
            best.Add(registry, candidate);
            return;
        }

        if (ReferenceEquals(other.Credential, candidate.Credential))
        {
            return;
        }

        var wins = other.IsGlob != candidate.IsGlob
            ? other.IsGlob
            : string.CompareOrdinal(candidate.SecretName, other.SecretName) >= 0;
        var (winner, loser) = wins ? (candidate, other) : (other, candidate);
        best[registry] = winner;
        Notice(
            Reasons.EntryOverridden,
            $"Credentials for \"{registry}\" in secret \"{loser.SecretName}\" are overridden by secret \"{winner.SecretName}\"");
    }

    private void Notice(Reason reason, string message)
    {
        if (notices.Count < MaximumNotices)
        {
            notices.Add(new Notice(reason, message));
        }
    }

    private static Dictionary<string, List<PullSource>> IndexAncestors(PullSources sources)
    {
        Dictionary<string, List<PullSource>> index = new(StringComparer.Ordinal);
        foreach (var source in sources.Sources)
        {
            for (var name = source.Reference; name.Length > 0; name = Parent(name))
            {
                Put(index, name, source);
            }
        }

        return index;
    }

    private static Dictionary<string, List<PullSource>> IndexLocations(PullSources sources)
    {
        Dictionary<string, List<PullSource>> index = new(StringComparer.Ordinal);
        foreach (var source in sources.Sources)
        {
            // A location that an image's port was put behind (example.com makes example.com:5000/app) is another registry.
            if (source.Kind == PullSourceKind.Mirror && IsAtBoundary(source.Reference, source.Location.Length))
            {
                Put(index, source.Location, source);
            }
        }

        return index;
    }

    private static void Put(Dictionary<string, List<PullSource>> index, string name, PullSource source)
    {
        if (!index.TryGetValue(name, out var list))
        {
            index.Add(name, list = []);
        }

        list.Add(source);
    }

    private static bool IsAtBoundary(string name, int length) => name.Length == length || name[length] == '/';

    private static string Parent(string name)
    {
        var slash = name.LastIndexOf('/');
        return slash < 0 ? "" : name[..slash];
    }

    private readonly record struct Candidate(Credential Credential, string SecretName, string Key, bool IsGlob);
}
