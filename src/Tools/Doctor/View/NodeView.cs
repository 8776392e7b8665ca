// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
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
/// The checks' view of the node. Each part is read once, when the first check needs it; a check whose part is
/// unavailable ends as skipped (<see cref="CheckSkippedException"/>).
/// </summary>
internal sealed class NodeView : IDisposable
{
    private readonly CommandInput input;
    private readonly Lazy<KubeletFacts> kubelet;
    private readonly Lazy<CrioFacts> crio;
    private readonly Lazy<SettingsOfRun> settings;
    private readonly List<RegistriesConfDocument> registriesConfDocuments = [];
    private readonly Lazy<RegistriesConf> registriesConf;
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
        Providers = new ConfiguredProviders(Files, () => Kubelet, input.Text(DoctorOptions.ProviderConfig.Flag));
        Account = new AskingAccount(node, input);
        settings = new(() => SettingsOfRun.Find(node, input, Kubelet, Providers.OwnOrNull));
        registriesConf = new(() => RegistriesConfLoader.Load(RegistriesConfPaths, registriesConfDocuments));
        apiServer = new(() => NodeApiServer.Locate(node, Files, Kubelet, Settings));
        api = new(() => new ApiProbeClient(apiServer.Value, node.Clock));
        version = new(() => Api.AskAsync("version"));
    }

    public Node Node { get; }

    public NodeProfile Profile { get; }

    /// <summary>The value of one of doctor's own options; null if it was not given.</summary>
    public string? Option(string flag) => input.Text(flag);

    /// <summary>All values of one of doctor's own repeatable options.</summary>
    public IReadOnlyList<string> Options(string flag) => input.Texts(flag);

    public NodeFilesReader Files { get; }

    public KubeletFacts Kubelet => kubelet.Value;

    /// <exception cref="CheckSkippedException">CRI-O's configuration cannot be read.</exception>
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
    public VersionWithOrigin? KubeletVersion =>
        NodeVersions.Kubelet(Files, Kubelet, Option(DoctorOptions.KubeletVersion.Flag));

    /// <summary>Null when it could not be determined.</summary>
    public VersionWithOrigin? CrioVersion => NodeVersions.Crio(Files, Crio, Option(DoctorOptions.CrioVersion.Flag));

    /// <summary>The rules of this node's kubelet; null if its version is not known.</summary>
    public KubeletMinors? KubeletMinor =>
        KubeletVersion is { Version: var v } ? KubeletMinorNames.Of(v.Major, v.Minor) : null;

    /// <summary>The contents of the kubelet's provider config.</summary>
    public ConfiguredProviders Providers { get; }

    /// <summary>
    /// The options of the kubelet's run: from doctor's command line, else the config, else the defaults.
    /// </summary>
    public Settings Settings => settings.Value.Settings;

    /// <summary>Why the program would reject the config's args or env; null if it accepts them.</summary>
    public string? SettingsMisuse => settings.Value.Misuse;

    public RegistriesConfPaths RegistriesConfPaths =>
        new(Settings.RegistriesConf, Settings.RegistriesConfDir, Home)
        {
            ShortNameCache = Node.ShortNameCache,
            Files = Files.Reader,
        };

    /// <summary>The home directory of the kubelet's run, inherited from the kubelet; systemd does not set it.</summary>
    public string Home => Kubelet.Process?.Environment("HOME") is { Length: > 0 } home ? home : "/root";

    /// <exception cref="ProviderException">The file is unreadable or invalid, which CP007 reports.</exception>
    public RegistriesConf LoadRegistriesConf() => registriesConf.Value;

    /// <summary>The files of <see cref="LoadRegistriesConf"/>, which must have been called.</summary>
    public IReadOnlyList<RegistriesConfDocument> RegistriesConfDocuments => registriesConfDocuments;

    /// <exception cref="CheckSkippedException">The file is unreadable or invalid.</exception>
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

    /// <summary>The patterns that matchImages should contain; empty if registries.conf cannot be read.</summary>
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

    /// <summary>The account for which the checks of a namespace ask.</summary>
    public AskingAccount Account { get; }

    /// <exception cref="ProviderException">The address or the CA is invalid, which CP009 reports.</exception>
    public ApiServer ApiServer => apiServer.Value;

    /// <summary>The paths where a kubeconfig is searched, without the node's root in front.</summary>
    public IReadOnlyList<string> KubeconfigPlaces =>
        Settings.Kubeconfig is { } given ? [given]
        : KubeletArgumentsReader.Flag(Kubelet.Arguments, "--kubeconfig") is { } kubelets
            ? [kubelets, .. Node.ApiFiles.Kubeconfigs]
        : Node.ApiFiles.Kubeconfigs;

    public ApiProbeClient Api => api.Value;

    /// <summary>The API server's response to an anonymous request for its version.</summary>
    /// <exception cref="ProviderException">The request fails, which CP009 reports.</exception>
    public Task<ApiReply> AskVersionAsync() => version.Value;

    public void Dispose()
    {
        if (api.IsValueCreated)
        {
            api.Value.Dispose();
        }
    }
}
