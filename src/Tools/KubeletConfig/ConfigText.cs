// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Writes a CredentialProviderConfig as YAML. Other providers keep every value as it was read; this program's entry is
/// replaced in its position.
/// </summary>
internal static class ConfigText
{
    private const string Head = "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n";

    /// <param name="own">This program's entry.</param>
    /// <param name="existing">The valid config whose other providers are kept; null for none.</param>
    /// <param name="remarks">Comment lines for the top of the file, one line each.</param>
    public static string Of(OwnProvider own, ProviderConfig? existing = null, params IEnumerable<string> remarks)
    {
        var entry = Entry(own);
        var others = existing?.Providers ?? [];
        var entries = others.Select(p => p.Name == OwnProvider.Name ? entry : YamlText.Item(0, p.Node));
        if (!others.Any(p => p.Name == OwnProvider.Name))
        {
            entries = entries.Append(entry);
        }

        return YamlText.Comments(0, remarks) + Head + string.Concat(entries);
    }

    /// <param name="existing">A valid config.</param>
    /// <param name="remarks">Comment lines for the top of the file, one line each.</param>
    /// <returns>
    /// The config without this program; null if no other provider remains, because the kubelet requires at least one.
    /// </returns>
    public static string? Without(ProviderConfig existing, params IEnumerable<string> remarks)
    {
        string[] entries =
        [
            .. existing.Providers.Where(p => p.Name != OwnProvider.Name).Select(p => YamlText.Item(0, p.Node)),
        ];
        return entries.Length == 0 ? null : YamlText.Comments(0, remarks) + Head + string.Concat(entries);
    }

    private static string Entry(OwnProvider own)
    {
        var args = own.Args.Count == 0 ? "" : $"  args:\n{YamlText.Sequence(2, own.Args)}";
        var env =
            own.Env.Count == 0
                ? ""
                : "  env:\n"
                    + string.Concat(
                        own.Env.Select(variable =>
                            $"  - name: {YamlText.Scalar(variable.Name)}\n    value: "
                            + $"{YamlText.Scalar(variable.Value)}\n"
                        )
                    );
        var annotations =
            own.AnnotationKeys.Count == 0
                ? ""
                : $"    optionalServiceAccountAnnotationKeys:\n{YamlText.Sequence(4, own.AnnotationKeys)}";
        return $"- name: {OwnProvider.Name}\n"
            + $"  matchImages:\n{YamlText.Sequence(2, own.MatchImages)}"
            + "  # The kubelet requires a value, but never uses it, because every response of the "
            + "program forbids caching.\n"
            + "  defaultCacheDuration: 0s\n"
            + $"  apiVersion: {Provider.ApiVersionWithTokens}\n"
            + args
            + env
            + "  tokenAttributes:\n"
            + YamlText.Comments(4, own.AudienceRemarks)
            + $"    serviceAccountTokenAudience: {YamlText.Scalar(own.Audience)}\n"
            + "    cacheType: Token\n"
            + "    requireServiceAccount: false\n"
            + annotations;
    }
}
