// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider;

/// <summary>
/// Steps 3 to 6 of a run, from an image to the content of its auth file. They have no side effects on the node: the
/// kubelet's run writes the result, <c>explain</c> prints it.
/// </summary>
/// <param name="node">The node, whose files and clock are used.</param>
/// <param name="settings">The options of the run.</param>
/// <param name="journal">Receives a sentence for each decision.</param>
/// <param name="documents">Receives the files of registries.conf, for a review; null for none.</param>
internal sealed class PullDecider(
    Node node,
    Settings settings,
    RunJournal journal,
    ICollection<RegistriesConfDocument>? documents = null
)
{
    /// <summary>Loaded once; a failure is thrown again on each access.</summary>
    private readonly Lazy<RegistriesConf> registriesConf = new(() =>
        RegistriesConfLoader.Load(PathsOf(node, settings), documents)
    );

    /// <summary>False if there is neither a registries.conf nor a drop-in; also true if they cannot be read.</summary>
    public bool HasRegistriesConf
    {
        get
        {
            try
            {
                return registriesConf.Value.Found;
            }
            catch (ProviderException)
            {
                // Decide throws it again.
                return true;
            }
        }
    }

    /// <param name="image">A canonical name without tag and digest.</param>
    /// <param name="addSecrets">
    /// Passes the namespace's pull secrets to the matcher; not called if no mirror or remap applies.
    /// </param>
    /// <exception cref="ProviderException">A step failed.</exception>
    public PullDecision Decide(RepositoryName image, Action<CredentialMatcher> addSecrets)
    {
        // 3. Mirrors: where will CRI-O pull from?
        var conf = registriesConf.Value;
        MirrorSentences.Write(journal, conf);
        var sources = PullSourceResolver.Resolve(conf, image);
        if (WhyNothingToMatch(conf, sources) is { } nothing)
        {
            return new PullDecision(
                conf,
                sources,
                MatchResult.Empty,
                GlobalAuthFile.Empty,
                AuthFileContent.Empty,
                nothing
            );
        }

        MirrorSentences.Write(journal, sources, image.Text);

        // Read it now, because the sandbox will restrict reading; it is used in step 6.
        var (global, globalProblem) = ReadGlobalAuthFile();

        // 4. and 5. Secrets and matching: which of the namespace's credentials fit these places?
        var matcher = new CredentialMatcher(sources, keepMisses: journal.Keeps(Priority.Debug));
        addSecrets(matcher);
        var match = matcher.Complete();
        MatchSentences.Write(journal, match, image.Text);
        journal.Warn(match.Notices);

        // 6. Auth file: what must it contain so that CRI-O finds them?
        NoteGlobalAuthFile(global, globalProblem, isNeeded: match.Credentials.Count == 0);
        var content = AuthFileMerger.Merge(match, global, sources);
        journal.Warn(content.Notices);
        return new PullDecision(
            conf,
            sources,
            match,
            global,
            content,
            content.Serves(sources) ? null : NothingToDo.NoCredentials
        );
    }

    /// <summary>Lists or gets the pull secrets of the pod's namespace, with the pod's own token.</summary>
    /// <param name="matcher">Receives the secrets.</param>
    /// <param name="annotations">The service account's annotations, which may name the secrets.</param>
    /// <param name="token">The pod's token.</param>
    /// <param name="identity">The token's owner.</param>
    /// <returns>
    /// The number of secrets, how they were selected and the server they came from; null if the annotation names no
    /// secret.
    /// </returns>
    /// <exception cref="ProviderException">The secrets could not be read.</exception>
    public SecretListing? AddFromApi(
        CredentialMatcher matcher,
        IReadOnlyDictionary<string, string> annotations,
        Secret token,
        PodIdentity identity
    )
    {
        journal.Write(Sentences.GettingSecrets(identity.Namespace));
        var named = PullSecretsAnnotation.Find(annotations);
        if (named is not null)
        {
            journal.Write(Sentences.NamedSecrets(named.Names));
            journal.Warn(named.Notices);
            if (named.Names.Count == 0)
            {
                return null;
            }
        }

        var server = ConfiguredApiServer.Locate(settings, node.ApiFiles);
        journal.Write(
            server.Origin == ApiServerOrigin.Fallback
                ? Sentences.DefaultApiServer(settings.ApiServerEnvFile, server.Host)
                : Sentences.ApiServer(server.Host, server.OriginText)
        );
        journal.Warn(server.Notices);

        if (RunSandbox.Enter(node, settings, server) is { Count: > 0 } refused)
        {
            journal.Write(Sentences.SandboxIncomplete(refused));
        }

        var listing = PullSecretClient.Read(
            new PullSecretQuery(server, token, identity, named, settings.MaxListSize),
            matcher.Clear,
            matcher.Add
        );
        if (listing is { Selection: SecretSelection.ImagePullSecrets, Names: { } names })
        {
            journal.Write(Sentences.ImagePullSecrets(identity.ServiceAccount, names));
        }

        journal.Write(Sentences.GotSecrets(listing.Count));
        journal.Warn(listing.Notices);
        return listing;
    }

    private static RegistriesConfPaths PathsOf(Node node, Settings settings) =>
        new(settings.RegistriesConf, settings.RegistriesConfDir, node.Home) { ShortNameCache = node.ShortNameCache };

    private static Outcome.NothingToDo? WhyNothingToMatch(RegistriesConf conf, PullSources sources) =>
        !conf.Found ? NothingToDo.NoRegistriesConf(conf.MainPath)
        : !sources.HasMirrorOrRemap ? NothingToDo.NoMirrors
        : null;

    private (GlobalAuthFile File, ProviderException? Problem) ReadGlobalAuthFile()
    {
        try
        {
            return (GlobalAuthFileReader.Read(settings.KubeletAuthFile), null);
        }
        catch (ProviderException e)
        {
            return (GlobalAuthFile.Empty, e);
        }
    }

    /// <summary>An unreadable auth file of the node is only a warning if the namespace's credentials are
    /// sufficient.</summary>
    private void NoteGlobalAuthFile(GlobalAuthFile global, ProviderException? problem, bool isNeeded)
    {
        journal.Warn(global.Notices);
        if (problem is not null)
        {
            if (isNeeded)
            {
                throw problem;
            }

            journal.Warn(new Notice(problem.Reason, Outcome.Failed.Of(problem).Line));
        }
    }
}
