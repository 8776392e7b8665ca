using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Explain;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

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
    private readonly Lazy<(Settings Settings, string? Misuse)> settings;
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
        kubelet = new(() => KubeletFacts.Find(
            Files, input.Text(DoctorOptions.ProviderConfig.Flag), input.Text(DoctorOptions.ProviderBinDir.Flag)));
        crio = new(() => CrioFacts.Find(Files));
        config = new(LoadConfig);
        settings = new(FindSettings);
        registriesConf = new(() => RegistriesConfLoader.Load(RegistriesConfPaths));
        token = new(() => input.Text(DoctorOptions.TokenFile.Flag) is { } file ? new Secret(InputReader.ReadText(file, node).Trim()) : null);
        apiServer = new(LocateApiServer);
        api = new(() => new ApiProbeClient(apiServer.Value, node.Clock));
        version = new(() => Api.AskAsync("version"));
    }

    public Node Node { get; }

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
                throw new CheckSkippedException($"CRI-O's configuration cannot be read: {e.Problem}", isUndetermined: true);
            }
        }
    }

    /// <summary>The kubelet's provider config; errors and all.</summary>
    /// <exception cref="CheckSkippedException">There is none to look at.</exception>
    public ProviderConfig Config => config.Value;

    /// <summary>The entries of the config that run this program: of its name, or links to it.</summary>
    /// <exception cref="CheckSkippedException">There are none.</exception>
    public IReadOnlyList<Provider> OwnProviders => Config.Providers.Where(IsOwn).ToArray() is { Length: > 0 } own
        ? own
        : throw new CheckSkippedException($"the provider config has no provider \"{OwnProvider.Name}\": see CP003", isUndetermined: false);

    /// <summary>The options that the kubelet's run goes by: those of doctor's line, else the config's, else defaults.</summary>
    public Settings Settings => settings.Value.Settings;

    /// <summary>Why the program would refuse the config's args or env; null when it would not.</summary>
    public string? SettingsMisuse => settings.Value.Misuse;

    public RegistriesConfPaths RegistriesConfPaths => new(Settings.RegistriesConf, Settings.RegistriesConfDir, Home)
    {
        ShortNameCache = Node.ShortNameCache,
        Files = Files.Reader,
    };

    /// <summary>The home of the kubelet's run: its parent's, which systemd leaves unset.</summary>
    public string Home => Kubelet.Process?.Environment("HOME") is { Length: > 0 } home ? home : "/root";

    /// <exception cref="ProviderException">Unreadable or invalid: CP007 tells it.</exception>
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
            return [.. MirroredRegistry.All(RegistriesConf).Select(registry => registry.Pattern).Where(pattern => MatchImages.WhyUnusable(pattern) is null)];
        }
        catch (CheckSkippedException)
        {
            return [];
        }
    }

    /// <summary>A service account's token; null when none was given.</summary>
    public Secret? Token => token.Value;

    /// <exception cref="CheckSkippedException">None was given.</exception>
    /// <param name="orElse">What would do instead, behind the need for a token.</param>
    public (Secret Token, PodIdentity Identity) RequireToken(string orElse = "")
    {
        if (Token is not { } given)
        {
            throw new CheckSkippedException(
                "it needs a token of the pods' service account" + orElse,
                isUndetermined: false,
                "kubectl create token SERVICEACCOUNT -n NAMESPACE --audience AUDIENCE | crio-credential-provider doctor --token-file -");
        }

        return (given, TokenParser.Parse(given));
    }

    /// <exception cref="ProviderException">Address or CA make no sense: CP009 tells it.</exception>
    public ApiServer ApiServer => apiServer.Value;

    public ApiProbeClient Api => api.Value;

    /// <summary>What the API server answers to nobody's question for its version.</summary>
    /// <exception cref="ProviderException">It cannot be asked: CP009 tells it.</exception>
    public Task<ApiReply> AskVersionAsync() => version.Value;

    public void Dispose()
    {
        if (api.IsValueCreated)
        {
            api.Value.Dispose();
        }
    }

    private ProviderConfig LoadConfig()
    {
        if (Kubelet.Config is not { } path)
        {
            throw new CheckSkippedException("no provider config is known: see CP002", isUndetermined: false);
        }

        // What the command line names was to be looked at: an open question, whichever checks are asked for.
        return ConfigLoader.Load(Files, path.Value, TokensGate.OffIn(Kubelet.FeatureGates))
            ?? throw (input.Text(DoctorOptions.ProviderConfig.Flag) is null
                ? new CheckSkippedException($"the provider config \"{path.Value}\" does not exist: see CP002", isUndetermined: false)
                : new CheckSkippedException($"\"{path.Value}\" of --{DoctorOptions.ProviderConfig.Flag} does not exist", isUndetermined: true));
    }

    /// <summary>Whether the entry runs this program: by its name, or by a link to it.</summary>
    public bool IsOwn(Provider provider)
    {
        if (provider.Name == OwnProvider.Name)
        {
            return true;
        }

        // The way to have two entries for one program: a link of another name to it (KEP-2133).
        return provider.Name.Length > 0 && Kubelet.BinDir is { } directory
            && Files.Find($"{directory.Value.TrimEnd('/')}/{provider.Name}")?.Path.EndsWith("/" + OwnProvider.Name, StringComparison.Ordinal) == true;
    }

    private (Settings, string?) FindSettings()
    {
        var provider = Kubelet.Config is { } path && Files.Find(path.Value) is not null ? Config.Providers.FirstOrDefault(IsOwn) : null;
        var (found, misuse) = (new Settings(), (string?)null);
        if (provider is not null)
        {
            (found, misuse) = SettingsParser.Parse(provider.Args, Variable);
        }

        foreach (var option in DoctorOptions.Settings)
        {
            var value = input.Has(option.Flag) ? input.Text(option.Flag) ?? "true" : Node.Environment(option.EnvironmentVariable);
            if (!string.IsNullOrEmpty(value))
            {
                _ = option.Apply(found, value);
            }
        }

        return (found, misuse);

        // The kubelet gives its own environment to the program, and the config's behind it.
        string? Variable(string name) =>
            provider!.Env.LastOrDefault(pair => pair.Name == name) is { Name: not null } own ? own.Value : Kubelet.Process?.Environment(name);
    }

    private ApiServer LocateApiServer()
    {
        var files = Node.ApiFiles;
        return ApiServerLocator.Locate(
            new ApiServerOptions(
                Settings.ApiServer,
                Settings.ApiServerEnvFile,
                Settings.Kubeconfig,
                Settings.CertificateAuthority,
                Settings.TlsServerName,
                Settings.InsecureSkipTlsVerify,
                Settings.Timeout),
            files with
            {
                ParentArguments = Kubelet.Process?.Arguments ?? [],
                Reader = Files.Reader,
            });
    }
}
