using System.Diagnostics;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Response;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider;

/// <summary>
/// The story: from the kubelet's request to CRI-O's auth file. Each step takes values and returns what it decided; this
/// is the one place that knows their order, and that writes what they decided to the journal.
/// </summary>
internal sealed class CredentialPipeline(Node node, Settings settings, RunJournal journal)
{
    /// <summary>A thousand mirrors or secrets must not cost thousands of journal entries at each pull.</summary>
    private const int MaximumHitsAtInfo = 50;

    private readonly long start = Stopwatch.GetTimestamp();
    private string registriesConf = "";

    /// <summary>Runs all steps. Foreseen failures and defects alike end as an outcome, with nothing left behind.</summary>
    public async Task<Outcome> RunAsync()
    {
        AuthFilePlace? place = null;
        try
        {
            // 1. Request: what does the kubelet want?
            journal.Write(Sentences.Running());
            journal.Write(Sentences.ReadingFromStdin());
            var request = RequestParser.Parse(RequestReader.Read(node.Stdin).Span);
            journal.AddContext("IMAGE", request.Image);
            journal.Write(Sentences.ParsedRequest(request.Image));
            if (request.ApiVersion != RequestParser.V1)
            {
                return Answer(request, NothingToDo(Reasons.VersionWithoutToken, place));
            }

            if (request.Token is null)
            {
                return Answer(request, NothingToDo(Reasons.NoToken, place));
            }

            // 2. Identity: whose pull is it?
            journal.Write(Sentences.ParsingNamespace());
            var identity = TokenParser.Parse(request.Token);
            journal.AddContext("NAMESPACE", identity.Namespace);
            journal.AddContext("SERVICE_ACCOUNT", identity.ServiceAccount);
            journal.AddContext("POD", identity.Pod);
            place = new AuthFilePlace(settings.AuthDir, AuthFileName.For(identity.Namespace, request.Image));

            // 3. Mirrors: where will CRI-O pull from?
            if (FindPullSources(request.Image, out var sources) is { } whyNone)
            {
                return Answer(request, NothingToDo(whyNone, place));
            }

            // 4. and 5. Secrets and matching: which of the namespace's credentials fit these places?
            var match = await MatchSecretsAsync(request, request.Token, identity, sources);

            // 6. Auth file: hand them to CRI-O.
            var content = Merge(match, sources);
            if (content is null)
            {
                return Answer(request, NothingToDo(Reasons.NoCredentials, place));
            }

            var path = HandToCrio(place, content);

            RemoveLeftovers(place, wrote: true);

            // 7. Response: nothing for the kubelet itself.
            return Answer(request, new Outcome.Written(path, content.EntryCount));
        }
        catch (ProviderException e)
        {
            return Fail(new Outcome.Failed(e.Reason, e.Problem, e.Hint), place);
        }
        catch (Exception e)
        {
            // A defect. The exception's own text could quote what it choked on: only its kind is told.
            return Fail(
                new Outcome.Failed(
                    Reasons.Unexpected,
                    $"unexpected {e.GetType().Name} in the program",
                    "please report it with the journal's lines of this run"),
                place);
        }
    }

    /// <summary>Finds the pull sources, or the reason why there is nothing to do.</summary>
    private Reason? FindPullSources(string image, out PullSources sources)
    {
        var conf = RegistriesConfLoader.Load(new RegistriesConfPaths(
            settings.RegistriesConf, settings.RegistriesConfDir, node.Environment("HOME") ?? "/root"));
        registriesConf = conf.MainPath;
        journal.Write(Sentences.MatchingMirrors(conf.MainPath));
        sources = new PullSources(image, [], null, IsRemapped: false);
        if (!conf.Found)
        {
            return Reasons.NoRegistriesConf;
        }

        sources = PullSourceResolver.Resolve(conf, image);
        if (!sources.HasMirrorOrRemap)
        {
            return Reasons.NoMirrors;
        }

        var mirrors = string.Join(
            ", ",
            sources.Sources.Where(source => source.Kind == PullSourceKind.Mirror).Select(source => source.Location));
        journal.Write(mirrors.Length > 0
            ? Sentences.GotMirrors(image, mirrors)
            : Sentences.RemappedTo(image, sources.Sources[^1].Location));
        if (sources.DecidedBy is { } origin)
        {
            journal.Write(Sentences.DecidedBy(image, origin));
        }

        return null;
    }

    private async Task<MatchResult> MatchSecretsAsync(
        CredentialRequest request, Secret token, PodIdentity identity, PullSources sources)
    {
        journal.Write(Sentences.GettingSecrets(identity.Namespace));
        var matcher = new CredentialMatcher(sources, keepMisses: journal.Keeps(Priority.Debug));
        var named = PullSecretsAnnotation.Find(request.Annotations);
        if (named is not null)
        {
            journal.Write(Sentences.NamedSecrets(named.Names));
            Warn(named.Notices);
            if (named.Names.Count == 0)
            {
                return matcher.Complete();
            }
        }

        var server = ApiServerLocator.Locate(
            new ApiServerOptions(
                settings.ApiServer,
                settings.ApiServerEnvFile,
                settings.Kubeconfig,
                settings.CertificateAuthority,
                settings.TlsServerName,
                settings.InsecureSkipTlsVerify,
                settings.Timeout),
            node.ApiFiles);
        journal.Write(server.Origin == ApiServerOrigin.Fallback
            ? Sentences.DefaultApiServer(settings.ApiServerEnvFile, server.Host)
            : Sentences.ApiServer(server.Host, server.OriginText));
        Warn(server.Notices);

        var listing = await SecretListClient.ReadAsync(server, token, identity, named?.Names, matcher.Clear, matcher.Add);
        journal.Write(Sentences.GotSecrets(listing.Count));
        Warn(listing.Notices);

        var match = matcher.Complete();
        WriteDecisions(match, sources.Image);
        Warn(match.Notices);
        return match;
    }

    /// <summary>Hits at info as long as they are few; what did not match, and hits beyond that, only at debug.</summary>
    private void WriteDecisions(MatchResult match, string image)
    {
        var room = MaximumHitsAtInfo;
        foreach (var secret in match.Decisions)
        {
            var fits = secret.Keys.Any(key => key.Fits.Count > 0);
            journal.Write(Sentences.ParsingSecret(secret.SecretName, fits && room > 0 ? Priority.Info : Priority.Debug));
            foreach (var key in secret.Keys)
            {
                var priority = key.Fits.Count > 0 && room > 0 ? Priority.Info : Priority.Debug;
                journal.Write(Sentences.FoundAuth(secret.SecretName, key.Key, priority));
                foreach (var fit in key.Fits)
                {
                    priority = room-- > 0 ? Priority.Info : Priority.Debug;
                    if (!journal.Keeps(priority))
                    {
                        return;
                    }

                    if (fit.Source.Kind == PullSourceKind.Mirror)
                    {
                        journal.Write(Sentences.CheckingMirror(fit.Source.Location, fit.Registry, priority));
                        journal.Write(Sentences.UsingMirrorAuth(fit.Source.Location, fit.Registry, secret.SecretName, priority));
                    }
                    else
                    {
                        journal.Write(Sentences.UsingRegistryAuth(fit.Registry, image, secret.SecretName, priority));
                    }
                }
            }
        }
    }

    /// <summary>Merges the node's own credentials in; null when CRI-O would find nothing for any source.</summary>
    private AuthFileContent? Merge(MatchResult match, PullSources sources)
    {
        GlobalAuthFile global;
        try
        {
            global = GlobalAuthFileReader.Read(settings.KubeletAuthFile);
        }
        catch (ProviderException e) when (match.Credentials.Count > 0)
        {
            // The namespace's credentials are enough for this pull.
            Warn([new Notice(e.Reason, new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line)]);
            global = GlobalAuthFile.Empty;
        }

        Warn(global.Notices);
        var content = AuthFileMerger.Merge(match, global, sources);
        return content.Serves(sources) ? content : null;
    }

    private Outcome Answer(CredentialRequest request, Outcome outcome)
    {
        ResponseWriter.Write(node.Stdout, request.ApiVersion);
        journal.Write(outcome switch
        {
            Outcome.Written written => Sentences.AuthFilePath(written.Path, Elapsed),
            Outcome.NothingToDo nothing => Sentences.NothingToDo(nothing.Reason, registriesConf, Elapsed),
            _ => throw new InvalidOperationException("a failure is not answered"),
        });
        return outcome;
    }

    private Outcome.NothingToDo NothingToDo(Reason reason, AuthFilePlace? place)
    {
        RemoveLeftovers(place, wrote: false);
        return new Outcome.NothingToDo(reason);
    }

    private Outcome.Failed Fail(Outcome.Failed failure, AuthFilePlace? place)
    {
        if (failure.Reason != Reasons.AuthDirectoryUnusable)
        {
            RemoveLeftovers(place, wrote: false);
        }

        journal.Write(Sentences.Failed(failure, Elapsed));
        return failure;
    }

    /// <summary>Writes the file when it is this pull's turn.</summary>
    private string HandToCrio(AuthFilePlace place, AuthFileContent content)
    {
        using var directory = AuthDirectory.OpenOrCreate(place.Directory, Warn);
        using var locks = new AuthFileLocks(directory);
        if (settings.HandOverTimeout > TimeSpan.Zero)
        {
            var turn = HandOver.Await(directory, locks, place.FileName, settings.HandOverTimeout, node.Clock);
            journal.Write(Sentences.HandedOver(turn, $"{directory.Path}/{place.FileName}"));
        }

        var path = AuthFileWriter.Write(directory, place.FileName, content.ToJson());
        journal.Write(Sentences.WroteAuthFile(path, content.EntryCount));
        return path;
    }

    /// <summary>
    /// No revoked credential may outlive its secret: where this run wrote nothing, an older file for this pull is
    /// nobody's any more, and other old ones are removed in passing.
    /// </summary>
    private void RemoveLeftovers(AuthFilePlace? place, bool wrote)
    {
        if (place is null)
        {
            return;
        }

        try
        {
            using var directory = AuthDirectory.OpenIfThere(place.Directory);
            if (directory is null)
            {
                return;
            }

            using var locks = new AuthFileLocks(directory);

            // Turned off, waiting has no bound of its own: the default one still tells a leftover from another pod's file.
            var bound = settings.HandOverTimeout > TimeSpan.Zero ? settings.HandOverTimeout : new Settings().HandOverTimeout;
            if (!wrote && LeftoverRemover.RemoveIfOlderThan(directory, locks, place.FileName, bound, node.Clock(), Warn))
            {
                journal.Write(Sentences.RemovedLeftover($"{directory.Path}/{place.FileName}"));
            }

            foreach (var path in LeftoverRemover.Sweep(directory, locks, node.Clock(), Warn))
            {
                journal.Write(Sentences.RemovedLeftover(path));
            }
        }
        catch (ProviderException e)
        {
            Warn(new Notice(e.Reason, new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line));
        }
    }

    private void Warn(IReadOnlyList<Notice> notices)
    {
        foreach (var notice in notices)
        {
            Warn(notice);
        }
    }

    private void Warn(Notice notice) => journal.Write(Sentences.Noticed(notice));

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(start);

    /// <summary>Where this pull's auth file belongs.</summary>
    private sealed record AuthFilePlace(string Directory, string FileName);
}
