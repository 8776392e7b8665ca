using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>One provider of a CredentialProviderConfig, as far as it could be decoded.</summary>
/// <param name="Name">The binary's name.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Counted from 1.</param>
internal sealed record KubeletProvider(string Name, string File, int Line)
{
    public string? ApiVersion { get; init; }

    public IReadOnlyList<string> MatchImages { get; init; } = [];

    /// <summary>As written; null when it is missing.</summary>
    public string? DefaultCacheDuration { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>In order; the later of two equal names counts.</summary>
    public IReadOnlyList<(string Name, string Value)> Env { get; init; } = [];

    public KubeletTokenAttributes? Token { get; init; }

    /// <summary>For messages.</summary>
    public string Place => $"{File}:{Line}";
}

/// <summary>The <c>tokenAttributes</c> of a provider.</summary>
internal sealed record KubeletTokenAttributes
{
    public string? Audience { get; init; }

    public string? CacheType { get; init; }

    public bool? RequireServiceAccount { get; init; }

    public IReadOnlyList<string> RequiredAnnotations { get; init; } = [];

    public IReadOnlyList<string> OptionalAnnotations { get; init; } = [];
}

/// <summary>Something that the kubelet refuses to start with.</summary>
/// <param name="Place"><c>FILE:LINE:COLUMN</c>, or as much of it as there is.</param>
/// <param name="Problem">One line.</param>
/// <param name="RefusedBy">The kubelets that refuse it.</param>
internal sealed record KubeletConfigError(string Place, string Problem, KubeletMinors RefusedBy = KubeletMinors.All)
{
    public string Line => RefusedBy == KubeletMinors.All
        ? $"{Place}: {Problem}"
        : $"{Place}: {Problem} (kubelet {KubeletMinorNames.Text(RefusedBy)})";
}

/// <summary>A whole config, of one file or of a directory.</summary>
/// <param name="Path">As the kubelet's flag names it.</param>
/// <param name="Files">The files that the kubelet reads, in order.</param>
/// <param name="Providers">All that could be decoded.</param>
/// <param name="Errors">Why a kubelet refuses it.</param>
/// <param name="Remarks">What it passes over without a word.</param>
internal sealed record KubeletProviderConfig(
    string Path,
    IReadOnlyList<string> Files,
    IReadOnlyList<KubeletProvider> Providers,
    IReadOnlyList<KubeletConfigError> Errors,
    IReadOnlyList<string> Remarks)
{
    /// <summary>The kubelets that take it.</summary>
    public KubeletMinors ValidFor => KubeletMinors.All & ~Errors.Aggregate(KubeletMinors.None, (all, error) => all | error.RefusedBy);
}
