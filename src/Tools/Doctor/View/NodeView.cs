// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>
/// The node as the checks see it. Each part is looked for once, when the first check asks; a check that cannot have its
/// part ends as skipped (<see cref="CheckSkippedException"/>).
/// </summary>
internal sealed class NodeView : IDisposable
{
    private readonly CommandInput input;
    private readonly Lazy<KubeletFacts> kubelet;
    private readonly Lazy<CrioFacts> crio;
    private readonly Lazy<ProviderConfig> config;
    private readonly Lazy<SettingsOfRun> settings;
    private readonly Lazy<RegistriesConf> registriesConf;
    private readonly Lazy<Secret?> token;
    private readonly Lazy<ApiServer> apiServer;
    private readonly Lazy<ApiProbeClient> api;
    private readonly Lazy<Task<ApiReply>> version;

    public NodeView(Node node, CommandInput input)
    {
        this.input = input;
        Node = node;
        Files = new NodeFilesReader(input.Text(DoctorOptions.Root.Flag) ?? "/");
        Profile = NodeProfiles.Of(input.Text(DoctorOptions.Profile.Flag));
        kubelet = new(() =>
            KubeletFacts.Find(
                Files,
                input.Text(DoctorOptions.ProviderConfig.Flag),
                input.Text(DoctorOptions.ProviderBinDir.Flag)
            )
        );
        crio = new(() => CrioFacts.Find(Files));
        config = new(LoadConfig);
        settings = new(() => SettingsOfRun.Find(node, input, Kubelet, OwnProviderOrNull()));
        registriesConf = new(() => RegistriesConfLoader.Load(RegistriesConfPaths));
        token = new(() =>
            input.Text(DoctorOptions.TokenFile.Flag) is { } file
                ? new Secret(InputReader.ReadText(file, node).Trim())
                : null
        );
        apiServer = new(() => NodeApiServer.Locate(node, Files, Kubelet, Settings));
        api = new(() => new ApiProbeClient(apiServer.Value, node.Clock));
        version = new(() => Api.AskAsync("version"));
    }

    public Node Node { get; }

    public NodeProfile Profile { get; }

    /// <summary>An option of doctor itself; null when it was not given.</summary>
    public string? Option(string flag) => input.Text(flag);

    /// <summary>All values of a repeatable option of doctor itself.</summary>
    public IReadOnlyList<string> Options(string flag) => input.Texts(flag);

    public NodeFilesReader Files { get; }

    public KubeletFacts Kubelet => kubelet.Value;

    /// <exception cref="CheckSkippedException">Its configuration cannot be read.</exception>
    public CrioFacts Crio
    {
        get
        {
            try
            {
                return crio.Value;
            }
            catch (ProviderException e)
            {
                throw new CheckSkippedException(
                    $"CRI-O's configuration cannot be read: {e.Problem}",
                    isUndetermined: true
                );
            }
        }
    }

    /// <summary>Null when it could not be determined.</summary>
    public SourcedVersion? KubeletVersion =>
        NodeVersions.Kubelet(Files, Kubelet, Option(DoctorOptions.KubeletVersion.Flag));

    /// <summary>Null when it could not be determined.</summary>
    public SourcedVersion? CrioVersion => NodeVersions.Crio(Files, Crio, Option(DoctorOptions.CrioVersion.Flag));

    /// <summary>The rules that this node's kubelet keeps; null when its version is not known.</summary>
    public KubeletMinors? KubeletMinor =>
        KubeletVersion is { Version: var v } ? KubeletMinorNames.Of(v.Major, v.Minor) : null;

    /// <summary>The kubelet's provider config; errors and all.</summary>
    /// <exception cref="CheckSkippedException">There is none to look at.</exception>
    public ProviderConfig Config => config.Value;

    /// <summary>The entries of the config that run this program: of its name, or links to it.</summary>
    /// <exception cref="CheckSkippedException">There are none.</exception>
    public IReadOnlyList<Provider> OwnProviders =>
        Config.Providers.Where(IsOwn).ToArray() is { Length: > 0 } own
            ? own
            : throw new CheckSkippedException(
                $"the provider config has no provider \"{OwnProvider.Name}\": see CP003",
                isUndetermined: false
            );

    /// <summary>The options of the kubelet's run: those of doctor's line, else the config's, else defaults.</summary>
    public Settings Settings => settings.Value.Settings;

    /// <summary>Why the program would refuse the config's args or env; null when it would not.</summary>
    public string? SettingsMisuse => settings.Value.Misuse;

    public RegistriesConfPaths RegistriesConfPaths =>
        new(Settings.RegistriesConf, Settings.RegistriesConfDir, Home)
        {
            ShortNameCache = Node.ShortNameCache,
            Files = Files.Reader,
        };

    /// <summary>The home of the kubelet's run: its parent's, which systemd does not set.</summary>
    public string Home => Kubelet.Process?.Environment("HOME") is { Length: > 0 } home ? home : "/root";

    /// <exception cref="ProviderException">Unreadable or invalid: CP007 reports it.</exception>
    public RegistriesConf LoadRegistriesConf() => registriesConf.Value;

    /// <exception cref="CheckSkippedException">Unreadable or invalid.</exception>
    public RegistriesConf RegistriesConf
    {
        get
        {
            try
            {
                return registriesConf.Value;
            }
            catch (ProviderException)
            {
                throw new CheckSkippedException("registries.conf cannot be used: see CP007", isUndetermined: false);
            }
        }
    }

    /// <summary>The patterns that matchImages should have; empty when registries.conf cannot be used.</summary>
    public IReadOnlyList<string> MirroredPatterns()
    {
        try
        {
            return MatchImages.For(RegistriesConf).Patterns;
        }
        catch (CheckSkippedException)
        {
            return [];
        }
    }

    /// <summary>A service account's token; null when none was given.</summary>
    public Secret? Token => token.Value;

    /// <param name="orElse">What would do instead, after the need for a token.</param>
    /// <exception cref="CheckSkippedException">None was given, or one of another kind.</exception>
    public (Secret Token, PodIdentity Identity) RequireToken(string orElse = "")
    {
        var create = Fix.Run(
            $"kubectl create token SERVICEACCOUNT -n NAMESPACE --audience AUDIENCE | crio-credential-provider doctor "
                + $"--token-file -"
        );
        if (Token is not { } given)
        {
            throw new CheckSkippedException(
                "it needs a token of the pods' service account" + orElse,
                isUndetermined: false,
                create
            );
        }

        try
        {
            return (given, TokenParser.Parse(given));
        }
        catch (ProviderException e) when (e.Reason == Reasons.TokenMalformed)
        {
            // The hint of a run would blame the kubelet's config, which has nothing to do with this file.
            throw new CheckSkippedException(
                $"--token-file does not have a token of a pod: {e.Problem}",
                isUndetermined: true,
                create
            );
        }
    }

    /// <summary>The namespace and service account that were asked for, else the token's own.</summary>
    /// <exception cref="CheckSkippedException">One of them is not a name.</exception>
    public (string Namespace, string Account) AccountAskedFor(PodIdentity identity)
    {
        var ns = Option(DoctorOptions.Namespace.Flag) ?? identity.Namespace;
        var account = Option(DoctorOptions.ServiceAccount.Flag)
            ?? (ns == identity.Namespace ? identity.ServiceAccount : null)
            ?? "default";
        return NamespaceName.IsValid(ns) && SecretName.IsValid(account)
            ? (ns, account)
            : throw new CheckSkippedException(
                $"--namespace \"{OneLine.Of(ns)}\" or --service-account \"{OneLine.Of(account)}\" is not a name",
                isUndetermined: true
            );
    }

    /// <exception cref="ProviderException">Address or CA make no sense: CP009 reports it.</exception>
    public ApiServer ApiServer => apiServer.Value;

    /// <summary>Where a kubeconfig is looked for, as the node names the files.</summary>
    public IReadOnlyList<string> KubeconfigPlaces =>
        Settings.Kubeconfig is { } given ? [given]
        : KubeletArgumentsReader.Flag(Kubelet.Arguments, "--kubeconfig") is { } kubelets
            ? [kubelets, .. Node.ApiFiles.Kubeconfigs]
        : Node.ApiFiles.Kubeconfigs;

    public ApiProbeClient Api => api.Value;

    /// <summary>What the API server answers to an anonymous request for its version.</summary>
    /// <exception cref="ProviderException">It cannot be asked: CP009 reports it.</exception>
    public Task<ApiReply> AskVersionAsync() => version.Value;

    public void Dispose()
    {
        if (api.IsValueCreated)
        {
            api.Value.Dispose();
        }
    }

    /// <summary>Whether the entry runs this program: by its name, or by a link to it.</summary>
    public bool IsOwn(Provider provider)
    {
        if (provider.Name == OwnProvider.Name)
        {
            return true;
        }

        // The way to have two entries for one program: a link of another name to it (KEP-2133).
        return provider.Name.Length > 0
            && Kubelet.BinDir is { } directory
            && Files
                .Find($"{directory.Value.TrimEnd('/')}/{provider.Name}")
                ?.Path.EndsWith("/" + OwnProvider.Name, StringComparison.Ordinal) == true;
    }

    private Provider? OwnProviderOrNull() =>
        Kubelet.Config is { } path && Files.Find(path.Value) is not null
            ? Config.Providers.FirstOrDefault(IsOwn)
            : null;

    private ProviderConfig LoadConfig()
    {
        if (Kubelet.Config is not { } path)
        {
            throw new CheckSkippedException("no provider config is known: see CP002", isUndetermined: false);
        }

        if (ConfigLoader.Load(Files, path.Value, TokensGate.OffIn(Kubelet.FeatureGates)) is { } loaded)
        {
            return loaded;
        }

        // What the command line names was to be looked at: an open question, whichever checks are asked for.
        throw input.Text(DoctorOptions.ProviderConfig.Flag) is null
            ? new CheckSkippedException(
                $"the provider config \"{path.Value}\" does not exist: see CP002",
                isUndetermined: false
            )
            : new CheckSkippedException(
                $"\"{path.Value}\" of --{DoctorOptions.ProviderConfig.Flag} does not exist",
                isUndetermined: true
            );
    }
}
