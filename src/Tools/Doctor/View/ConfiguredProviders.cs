// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>The kubelet's provider config, and the entries in it that run this program.</summary>
internal sealed class ConfiguredProviders
{
    private readonly NodeFilesReader files;
    private readonly Func<KubeletFacts> kubelet;
    private readonly string? given;
    private readonly Lazy<ProviderConfig> config;

    /// <param name="files">The node's.</param>
    /// <param name="kubelet">Names the config and the directory of the binaries.</param>
    /// <param name="given">The config that doctor's command line names; null if it names none.</param>
    public ConfiguredProviders(NodeFilesReader files, Func<KubeletFacts> kubelet, string? given)
    {
        (this.files, this.kubelet, this.given) = (files, kubelet, given);
        config = new Lazy<ProviderConfig>(Load);
    }

    /// <summary>The config, errors and all.</summary>
    /// <exception cref="CheckSkippedException">There is none to look at.</exception>
    public ProviderConfig Config => config.Value;

    /// <summary>The entries that run this program: of its name, or links to it.</summary>
    /// <exception cref="CheckSkippedException">There are none.</exception>
    public IReadOnlyList<Provider> Own =>
        Config.Providers.Where(IsOwn).ToArray() is { Length: > 0 } own
            ? own
            : throw new CheckSkippedException(
                $"the provider config has no provider \"{OwnProvider.Name}\": see CP003",
                isUndetermined: false
            );

    /// <summary>The first of them; null without a config or without one.</summary>
    public Provider? OwnOrNull =>
        kubelet().Config is { } path && files.Find(path.Value) is not null
            ? Config.Providers.FirstOrDefault(IsOwn)
            : null;

    /// <summary>Whether the entry runs this program: by its name, or by a link to it.</summary>
    public bool IsOwn(Provider provider)
    {
        if (provider.Name == OwnProvider.Name)
        {
            return true;
        }

        // The way to have two entries for one program: a link of another name to it (KEP-2133).
        return provider.Name.Length > 0
            && kubelet().BinDir is { } directory
            && files
                .Find($"{directory.Value.TrimEnd('/')}/{provider.Name}")
                ?.Path.EndsWith("/" + OwnProvider.Name, StringComparison.Ordinal) == true;
    }

    private ProviderConfig Load()
    {
        if (kubelet().Config is not { } path)
        {
            throw new CheckSkippedException("no provider config is known: see CP002", isUndetermined: false);
        }

        if (ConfigLoader.Load(files, path.Value, TokensGate.OffIn(kubelet().FeatureGates)) is { } loaded)
        {
            return loaded;
        }

        // What the command line names was to be looked at: an open question, whichever checks are asked for.
        throw given is null
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
