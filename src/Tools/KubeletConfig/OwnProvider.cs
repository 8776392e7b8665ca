// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>This program's own entry in a provider config, as it is to be written.</summary>
/// <param name="MatchImages">The patterns, at least one.</param>
/// <param name="Audience">Of the pods' tokens.</param>
internal sealed record OwnProvider(IReadOnlyList<string> MatchImages, string Audience)
{
    /// <summary>Of the entry and of the binary.</summary>
    public const string Name = "crio-credential-provider";

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Env { get; init; } = [];

    /// <summary>The service account annotations that the kubelet passes where a pod's account has them.</summary>
    public IReadOnlyList<string> AnnotationKeys { get; init; } = [];

    /// <summary>Comment lines about the audience.</summary>
    public IReadOnlyList<string> AudienceRemarks { get; init; } = [];

    /// <summary>The same entry with the args and env that an existing config has for this program.</summary>
    public OwnProvider WithSettingsOf(ProviderConfig existing) =>
        existing.Providers.FirstOrDefault(p => p.Name == Name) is { } old
            ? this with
            {
                Args = old.Args,
                Env = old.Env,
            }
            : this;
}
