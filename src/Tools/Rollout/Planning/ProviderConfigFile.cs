// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Rollout.Planning;

/// <summary>What the provider config is to say about this program.</summary>
/// <param name="Match">The patterns.</param>
/// <param name="Audience">Of the pods' tokens.</param>
/// <param name="Wanted">Annotation keys, args and env.</param>
internal sealed record ProviderEntry(MatchImages Match, TokenAudience Audience, WantedState Wanted);

/// <summary>
/// The content of the kubelet's provider config with this program in it, and without. Other providers are kept; a file
/// that says all this already is kept as it is, to the byte.
/// </summary>
internal static class ProviderConfigFile
{
    /// <param name="path">For messages.</param>
    /// <param name="existing">The file's text; null when there is none.</param>
    /// <param name="entry">What it is to say about this program.</param>
    /// <exception cref="ProviderException">The kubelet refuses the existing file.</exception>
    public static string With(string path, string? existing, ProviderEntry entry)
    {
        var wanted = entry.Wanted;
        var config = existing is null ? null : ExistingConfig.Parse(path, existing);
        var text = ProviderConfig.Text(
            entry.Match, entry.Audience, wanted.AnnotationKeys, Sequence(wanted.Args), Variables(wanted.Env), config,
            ["Made by crio-credential-provider install."]);
        return config is not null && Canonical(config) == Canonical(ExistingConfig.Parse(path, text)) ? existing! : text;
    }

    /// <returns>The file without this program; null when nothing else is in it.</returns>
    public static string? Without(string path, string existing)
    {
        var config = ExistingConfig.Parse(path, existing);
        var others = config.Providers.Where(provider => ExistingConfig.Name(provider) != ProviderConfig.ProviderName).ToArray();
        return others.Length == config.Providers.Count ? existing
            : others.Length == 0 ? null
            : "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
                + string.Concat(others.Select(provider => YamlText.Item(0, provider)));
    }

    /// <summary>The providers in one form, whatever comments and blanks the file has.</summary>
    private static string Canonical(ExistingConfig config) =>
        string.Concat(config.Providers.Select(provider => YamlText.Item(0, provider)));

    private static YamlSequence? Sequence(IReadOnlyList<string> values) =>
        values.Count == 0 ? null : new YamlSequence([.. values.Select(Quoted)], 1, 1);

    private static YamlSequence? Variables(IReadOnlyList<(string Name, string Value)> variables) => variables.Count == 0
        ? null
        : new YamlSequence(
            [.. variables.Select(variable => new YamlMapping(
                [new YamlMember("name", Quoted(variable.Name), 1, 1), new YamlMember("value", Quoted(variable.Value), 1, 1)], 1, 1))],
            1,
            1);

    private static YamlScalar Quoted(string value) => new(value, isQuoted: true, 1, 1);
}
