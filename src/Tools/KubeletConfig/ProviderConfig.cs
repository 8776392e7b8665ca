// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>The kubelet's CredentialProviderConfig, read from one file or from all files of a directory.</summary>
/// <param name="Path">The path in the kubelet's flag.</param>
/// <param name="Files">The files that the kubelet reads, in order.</param>
/// <param name="Providers">The providers that could be decoded, in order.</param>
/// <param name="Errors">The errors because of which a kubelet refuses to start.</param>
/// <param name="Remarks">Settings that a kubelet silently ignores.</param>
internal sealed record ProviderConfig(
    string Path,
    IReadOnlyList<string> Files,
    IReadOnlyList<Provider> Providers,
    IReadOnlyList<ConfigError> Errors,
    IReadOnlyList<string> Remarks
)
{
    /// <summary>The API versions of the config.</summary>
    public static readonly string[] ApiVersions =
    [
        "kubelet.config.k8s.io/v1",
        "kubelet.config.k8s.io/v1beta1",
        "kubelet.config.k8s.io/v1alpha1",
    ];

    public const string Kind = "CredentialProviderConfig";

    /// <summary>The kubelets that accept the config.</summary>
    public KubeletMinors ValidFor =>
        KubeletMinors.All & ~Errors.Aggregate(KubeletMinors.None, (all, e) => all | e.RefusedBy);

    /// <summary>The errors because of which these kubelets refuse to start.</summary>
    public IEnumerable<ConfigError> ErrorsFor(KubeletMinors minors) => Errors.Where(e => (e.RefusedBy & minors) != 0);

    /// <summary>Decodes and validates a config whose files have been read.</summary>
    /// <param name="path">The path in the kubelet's flag.</param>
    /// <param name="files">Name and content of each file, in the kubelet's order.</param>
    /// <param name="tokensOffIn">The kubelets in which the feature gate for tokens is off.</param>
    /// <exception cref="FactUnknownException">
    /// A file uses YAML that is not supported here, but that the kubelet may accept.
    /// </exception>
    public static ProviderConfig Parse(
        string path,
        IReadOnlyList<(string File, string Text)> files,
        KubeletMinors tokensOffIn
    )
    {
        List<Provider> providers = [];
        List<ConfigError> errors = [];
        List<string> remarks = [];
        foreach (var (file, text) in files)
        {
            var decoded = Decode(file, text);
            providers.AddRange(decoded.Providers);
            errors.AddRange(decoded.Errors);
            remarks.AddRange(decoded.Remarks);
        }

        // The kubelet validates only what it has decoded.
        if (providers.Count > 0 || !errors.Exists(e => e.RefusedBy == KubeletMinors.All))
        {
            errors.AddRange(ConfigValidator.Validate(path, providers, tokensOffIn));
        }

        return new ProviderConfig(path, [.. files.Select(f => f.File)], providers, errors, remarks);
    }

    private static ConfigDecoder.Decoded Decode(string file, string text)
    {
        try
        {
            return ConfigDecoder.Decode(file, text);
        }
        catch (YamlTreeException e)
        {
            throw new FactUnknownException($"{file}:{e.Line}:{e.Column}: {e.Message}");
        }
    }
}

/// <summary>One provider, as far as it could be decoded.</summary>
/// <param name="File">The file that contains it.</param>
/// <param name="Node">The entry as it was read, for positions and for writing it again unchanged.</param>
internal sealed record Provider(string File, YamlNode Node)
{
    /// <summary>The only protocol version that supports tokens.</summary>
    public const string ApiVersionWithTokens = RequestParser.V1;

    public static readonly string[] ApiVersions =
    [
        ApiVersionWithTokens,
        RequestParser.GroupPrefix + "v1alpha1",
        RequestParser.GroupPrefix + "v1beta1",
    ];

    /// <summary>The binary's name.</summary>
    public string Name { get; init; } = "";

    public string? ApiVersion { get; init; }

    public IReadOnlyList<string> MatchImages { get; init; } = [];

    /// <summary>The value as it is written; null if it is missing.</summary>
    public string? DefaultCacheDuration { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>In order. The last of several variables with the same name takes precedence.</summary>
    public IReadOnlyList<(string Name, string Value)> Env { get; init; } = [];

    public TokenAttributes? Token { get; init; }

    /// <summary>The position of the provider as <c>FILE:LINE</c>, for messages.</summary>
    public string Place => $"{File}:{Node.Line}";

    /// <summary>
    /// The position of a field as <c>FILE:LINE:COLUMN</c>, or the provider's position if the field is missing.
    /// </summary>
    public string PlaceOf(string field) =>
        (Node as YamlMapping)?.FindMember(field) is { } member ? $"{File}:{member.Line}:{member.Column}" : Place;
}

/// <summary>The <c>tokenAttributes</c> of a provider.</summary>
internal sealed record TokenAttributes
{
    public static readonly string[] CacheTypes = ["ServiceAccount", "Token"];

    public string? Audience { get; init; }

    public string? CacheType { get; init; }

    public bool? RequireServiceAccount { get; init; }

    public IReadOnlyList<string> RequiredAnnotations { get; init; } = [];

    public IReadOnlyList<string> OptionalAnnotations { get; init; } = [];
}

/// <summary>A reason for which a kubelet refuses to start.</summary>
/// <param name="Place"><c>FILE:LINE:COLUMN</c>, or as much of it as is known.</param>
/// <param name="Problem">One line without a full stop; it never contains a value of <c>args</c> or <c>env</c>.</param>
/// <param name="RefusedBy">The kubelets that reject it.</param>
internal sealed record ConfigError(string Place, string Problem, KubeletMinors RefusedBy = KubeletMinors.All)
{
    /// <summary>Position and problem, with the kubelet versions unless all of them reject it.</summary>
    public string Line =>
        RefusedBy == KubeletMinors.All
            ? $"{Place}: {Problem}"
            : $"{Place}: {Problem} (kubelet {KubeletMinorNames.Text(RefusedBy)})";
}
