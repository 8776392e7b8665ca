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
    /// <param name="kubelet">Provides the paths of the config and of the binaries' directory.</param>
    /// <param name="given">The config that doctor's command line names; null for the kubelet's.</param>
    public ConfiguredProviders(NodeFilesReader files, Func<KubeletFacts> kubelet, string? given)
    {
        (this.files, this.kubelet, this.given) = (files, kubelet, given);
        config = new Lazy<ProviderConfig>(Load);
    }

    /// <summary>The config, including its errors.</summary>
    /// <exception cref="CheckSkippedException">There is no config.</exception>
    public ProviderConfig Config => config.Value;

    /// <summary>The entries that run this program, by its name or through a link to it.</summary>
    /// <exception cref="CheckSkippedException">There are no such entries.</exception>
    public IReadOnlyList<Provider> Own =>
        Config.Providers.Where(IsOwn).ToArray() is { Length: > 0 } own
            ? own
            : throw new CheckSkippedException(
                $"the provider config has no provider \"{OwnProvider.Name}\": see CP003",
                isUndetermined: false
            );

    /// <summary>The first of these entries; null if there is no config or no such entry.</summary>
    public Provider? OwnOrNull =>
        kubelet().Config is { } path && files.Find(path.Value) is not null
            ? Config.Providers.FirstOrDefault(IsOwn)
            : null;

    /// <summary>Whether the entry runs this program, by its name or through a link to it.</summary>
    public bool IsOwn(Provider provider)
    {
        if (provider.Name == OwnProvider.Name)
        {
            return true;
        }

        // A link with another name allows two entries for one program (KEP-2133).
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

        // A config that the command line names was requested, so the result is undetermined, whichever checks run.
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
