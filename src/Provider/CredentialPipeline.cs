using System.Diagnostics;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
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
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly List<Notice> notices = [];
    private string registriesConf = "";

    /// <summary>All that was passed over or odd so far.</summary>
    public IReadOnlyList<Notice> Notices => notices;

    /// <summary>
    /// Runs all steps.
    /// Foreseen failures and defects alike end as an outcome, with nothing left behind. Only where the answer itself cannot
    /// be written, the auth file stays: the kubelet goes on without an answer, and CRI-O then takes the file.
    /// </summary>
    public async Task<Outcome> RunAsync()
    {
        AuthFileDelivery? delivery = null;
        try
        {
            // 1. Request: what does the kubelet want?
            journal.Write(Sentences.Running());
            journal.Write(Sentences.ReadingFromStdin());
            var request = RequestParser.Parse(RequestReader.Read(node.Stdin).Span);
            journal.AddContext("IMAGE", request.Image.Text);
            journal.Write(Sentences.ParsedRequest(request.Image.Text));
            if (request.ApiVersion != RequestParser.V1)
            {
                return Answer(request, NothingToDo(Reasons.VersionWithoutToken, delivery));
            }

            if (request.Token is null)
            {
                return Answer(request, NothingToDo(Reasons.NoToken, delivery));
            }

            // 2. Identity: whose pull is it?
            journal.Write(Sentences.ParsingNamespace());
            var identity = TokenParser.Parse(request.Token);
            journal.AddContext("NAMESPACE", identity.Namespace);
            journal.AddContext("SERVICE_ACCOUNT", identity.ServiceAccount);
            journal.AddContext("POD", identity.Pod);
            delivery = new AuthFileDelivery(
                settings.AuthDir,
                AuthFileName.For(identity.Namespace, request.Image),
                settings.HandOverTimeout,
                node.Clock,
                journal,
                Warn);

            // 3. to 6. Mirrors, secrets, matching, merging: what will CRI-O find?
            var decision = await DecideAsync(
                request.Image, matcher => AddFromApiAsync(matcher, request.Annotations, request.Token, identity));
            if (decision.WhyNothing is { } reason)
            {
                return Answer(request, NothingToDo(reason, delivery));
            }

            // 6. Auth file: hand it to CRI-O.
            var path = delivery.Deliver(decision.Content, Elapsed);
            delivery.RemoveLeftovers(wrote: true);

            // 7. Response: nothing for the kubelet itself.
            return Answer(request, new Outcome.Written(path, decision.Content.EntryCount));
        }
        catch (ProviderException e)
        {
            return Fail(new Outcome.Failed(e.Reason, e.Problem, e.Hint), delivery);
        }
        catch (Exception e)
        {
            // A defect. The exception's own text could quote what it choked on: only its kind is told.
            return Fail(
                new Outcome.Failed(
                    Reasons.Unexpected,
                    $"unexpected {e.GetType().Name} in the program",
                    "please report it with the journal's lines of this run"),
                delivery);
        }
    }

    /// <summary>
    /// The middle of the story, which changes nothing anywhere: from an image to the content of its auth file. The
    /// kubelet's run writes what is decided here, <c>explain</c> prints it.
    /// </summary>
    /// <param name="image">A canonical name, without tag and digest.</param>
    /// <param name="addSecrets">Hands the namespace's pull secrets to the matcher; not called when nothing is mirrored.</param>
    /// <exception cref="ProviderException">A step failed.</exception>
    public async Task<PullDecision> DecideAsync(RepositoryName image, Func<CredentialMatcher, Task> addSecrets)
    {
        // 3. Mirrors: where will CRI-O pull from?
        var (conf, sources, whyNone) = FindPullSources(image);
        if (whyNone is not null)
        {
            return new PullDecision(conf, sources, MatchResult.Empty, GlobalAuthFile.Empty, AuthFileContent.Empty, whyNone);
        }

        // 4. and 5. Secrets and matching: which of the namespace's credentials fit these places?
        var matcher = new CredentialMatcher(sources, keepMisses: journal.Keeps(Priority.Debug));
        await addSecrets(matcher);
        var match = matcher.Complete();
        MatchSentences.Write(journal, match, image.Text);
        Warn(match.Notices);

        // 6. Auth file: what must be in it, so that CRI-O finds them?
        var global = ReadGlobalAuthFile(isNeeded: match.Credentials.Count == 0);
        var content = AuthFileMerger.Merge(match, global, sources);
        Warn(content.Notices);
        return new PullDecision(conf, sources, match, global, content, content.Serves(sources) ? null : Reasons.NoCredentials);
    }

    /// <summary>Lists or gets the pull secrets of the pod's namespace, with the pod's own token.</summary>
    /// <param name="matcher">Takes them.</param>
    /// <param name="annotations">The service account's, which may name the secrets.</param>
    /// <param name="token">The pod's token.</param>
    /// <param name="identity">Whose token it is.</param>
    /// <returns>The API server that was asked; null when the annotation names no secret.</returns>
    /// <exception cref="ProviderException">They could not be had.</exception>
    public async Task<ApiServer?> AddFromApiAsync(
        CredentialMatcher matcher, IReadOnlyDictionary<string, string> annotations, Secret token, PodIdentity identity)
    {
        journal.Write(Sentences.GettingSecrets(identity.Namespace));
        var named = PullSecretsAnnotation.Find(annotations);
        if (named is not null)
        {
            journal.Write(Sentences.NamedSecrets(named.Names));
            Warn(named.Notices);
            if (named.Names.Count == 0)
            {
                return null;
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
        return server;
    }

    /// <summary>Finds the pull sources, and the reason why there is nothing to do with them if there is one.</summary>
    private (RegistriesConf Conf, PullSources Sources, Reason? WhyNone) FindPullSources(RepositoryName image)
    {
        var conf = RegistriesConfLoader.Load(new RegistriesConfPaths(
            settings.RegistriesConf, settings.RegistriesConfDir, node.Environment("HOME") ?? "/root")
        {
            ShortNameCache = node.ShortNameCache,
        });
        registriesConf = conf.MainPath;
        journal.Write(Sentences.MatchingMirrors(conf.MainPath));
        if (conf.MissingMain is { } missing)
        {
            Warn(new Notice(Reasons.RegistriesConfNotThere, missing));
        }

        if (conf.ShortNameProblem is { } problem)
        {
            journal.Write(Sentences.ShortNamesPassedOver(problem));
        }

        var sources = PullSourceResolver.Resolve(conf, image);
        if (!conf.Found)
        {
            return (conf, sources, Reasons.NoRegistriesConf);
        }

        if (!sources.HasMirrorOrRemap)
        {
            return (conf, sources, Reasons.NoMirrors);
        }

        var mirrors = string.Join(
            ", ",
            sources.Sources.Where(source => source.Kind == PullSourceKind.Mirror).Select(source => source.Location).Distinct());
        journal.Write(mirrors.Length > 0
            ? Sentences.GotMirrors(image.Text, mirrors)
            : Sentences.RemappedTo(image.Text, sources.Sources[^1].Location));
        if (sources.DecidedBy is { } origin)
        {
            journal.Write(Sentences.DecidedBy(image.Text, origin));
        }

        return (conf, sources, null);
    }

    /// <summary>The node's own credentials. The namespace's are enough for a pull where these cannot be read.</summary>
    private GlobalAuthFile ReadGlobalAuthFile(bool isNeeded)
    {
        try
        {
            var global = GlobalAuthFileReader.Read(settings.KubeletAuthFile);
            Warn(global.Notices);
            return global;
        }
        catch (ProviderException e) when (!isNeeded)
        {
            Warn(new Notice(e.Reason, new Outcome.Failed(e.Reason, e.Problem, e.Hint).Line));
            return GlobalAuthFile.Empty;
        }
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

    private static Outcome.NothingToDo NothingToDo(Reason reason, AuthFileDelivery? delivery)
    {
        delivery?.RemoveLeftovers(wrote: false);
        return new Outcome.NothingToDo(reason);
    }

    private Outcome.Failed Fail(Outcome.Failed failure, AuthFileDelivery? delivery)
    {
        if (failure.Reason != Reasons.AuthDirectoryUnusable)
        {
            delivery?.RemoveLeftovers(wrote: false);
        }

        journal.Write(Sentences.Failed(failure, Elapsed));
        return failure;
    }

    private void Warn(IReadOnlyList<Notice> notices)
    {
        foreach (var notice in notices)
        {
            Warn(notice);
        }
    }

    private void Warn(Notice notice)
    {
        notices.Add(notice);
        journal.Write(Sentences.Noticed(notice));
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(start);
}
