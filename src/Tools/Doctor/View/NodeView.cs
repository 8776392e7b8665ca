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
/// The node as the checks see it. Each part is looked for once, when the first check asks; a check that cannot have its
/// part ends as skipped (<see cref="CheckSkippedException"/>).
/// </summary>
internal sealed class NodeView : IDisposable
{
    private readonly CommandInput input;
    private readonly Lazy<KubeletFacts> kubelet;
    private readonly Lazy<CrioFacts> crio;
    private readonly Lazy<SettingsOfRun> settings;
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
        registriesConf = new(() => RegistriesConfLoader.Load(RegistriesConfPaths));
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

    /// <summary>What the kubelet's provider config says.</summary>
    public ConfiguredProviders Providers { get; }

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

    /// <summary>For whom the checks of a namespace ask.</summary>
    public AskingAccount Account { get; }

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
}
