using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>The kubelet's <c>CredentialProviderConfig</c> with this program in it, as YAML.</summary>
internal static class ProviderConfig
{
    public const string ProviderName = "crio-credential-provider";

    /// <param name="match">The patterns, at least one.</param>
    /// <param name="audience">Of the pods' tokens.</param>
    /// <param name="passesAnnotation">Whether the kubelet passes the annotation that names secrets.</param>
    /// <param name="existing">Whose other providers are kept; null for none.</param>
    /// <param name="remarks">Comment lines for the head.</param>
    public static string Text(
        MatchImages match, TokenAudience audience, bool passesAnnotation, ExistingConfig? existing, IEnumerable<string> remarks)
    {
        var own = existing?.Providers.FirstOrDefault(provider => ExistingConfig.Name(provider) == ProviderName);
        var entry = Entry(match, audience, passesAnnotation, own);
        IEnumerable<string> entries = existing is null ? [entry]
            : own is null ? existing.Providers.Select(provider => YamlText.Item(0, provider)).Append(entry)
            : existing.Providers.Select(provider => provider == own ? entry : YamlText.Item(0, provider));
        return YamlText.Comments(0, remarks)
            + YamlText.Comments(0, match.Remarks)
            + "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
            + string.Concat(entries);
    }

    private static string Entry(MatchImages match, TokenAudience audience, bool passesAnnotation, YamlMapping? own)
    {
        var text =
            $"- name: {ProviderName}\n"
            + $"  matchImages:\n{YamlText.Sequence(2, match.Patterns)}"
            + "  # Not used: the program answers that nothing may be cached. The kubelet wants it all the same.\n"
            + "  defaultCacheDuration: 0s\n"
            + "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n";
        foreach (var key in new[] { "args", "env" })
        {
            if (own?.Find(key) is { } value)
            {
                text += YamlText.Member(2, key, value);
            }
        }

        return text
            + "  tokenAttributes:\n"
            + YamlText.Comments(4, audience.Remarks)
            + $"    serviceAccountTokenAudience: {YamlText.Scalar(audience.Value)}\n"
            + "    cacheType: Token\n"
            + "    requireServiceAccount: false\n"
            + (passesAnnotation ? $"    optionalServiceAccountAnnotationKeys:\n    - {PullSecretsAnnotation.Key}\n" : "");
    }
}
