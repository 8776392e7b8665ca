// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>This program's own entry in a provider config, as it will be written.</summary>
/// <param name="MatchImages">At least one pattern.</param>
/// <param name="Audience">The audience of the pods' tokens.</param>
internal sealed record OwnProvider(IReadOnlyList<string> MatchImages, string Audience)
{
    /// <summary>The name of the entry and of the binary.</summary>
    public const string Name = BuildInfo.Program;

    /// <summary>Where packages and <c>make install</c> install the program.</summary>
    public const string UsualBinDir = "/usr/libexec/kubelet-image-credential-provider-plugins";

    public const string UsualConfigPath = "/etc/kubernetes/credential-providers/config.yaml";

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Env { get; init; } = [];

    /// <summary>The annotations that the kubelet passes if the pod's service account has them.</summary>
    public IReadOnlyList<string> AnnotationKeys { get; init; } = [];

    /// <summary>Comment lines about the audience.</summary>
    public IReadOnlyList<string> AudienceRemarks { get; init; } = [];

    /// <summary>The same entry with the args and env of this program's entry in an existing config.</summary>
    public OwnProvider WithSettingsOf(ProviderConfig existing) =>
        existing.Providers.FirstOrDefault(p => p.Name == Name) is { } old
            ? this with
            {
                Args = old.Args,
                Env = old.Env,
            }
            : this;
}
