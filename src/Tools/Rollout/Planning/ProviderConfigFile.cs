// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The content of the kubelet's provider config with and without this program. Other providers are kept. A file that is
/// already equivalent is kept byte for byte.
/// </summary>
internal static class ProviderConfigFile
{
    /// <param name="path">The path to show in messages.</param>
    /// <param name="existing">The file's text; null if it does not exist.</param>
    /// <param name="own">This program's entry.</param>
    /// <param name="remarks">Comment lines for the top of the file.</param>
    /// <exception cref="ProviderException">The existing file is invalid for the kubelet.</exception>
    public static string With(string path, string? existing, OwnProvider own, IEnumerable<string> remarks)
    {
        var config = existing is null ? null : Parse(path, existing);
        var text = ConfigText.Of(own, config, ["Made by crio-credential-provider install.", .. remarks]);
        return config is not null && own.MatchImages.Count > 0 && Canonical(config) == Canonical(Parse(path, text))
            ? existing!
            : text;
    }

    /// <returns>The file without this program; null if nothing else is in it.</returns>
    /// <exception cref="ProviderException">The file is invalid for the kubelet.</exception>
    public static string? Without(string path, string existing)
    {
        var config = Parse(path, existing);
        return config.Providers.Any(provider => provider.Name == OwnProvider.Name)
            ? ConfigText.Without(config)
            : existing;
    }

    private static ProviderConfig Parse(string path, string text)
    {
        var config = ProviderConfig.Parse(path, [(path, text)], KubeletMinors.None);
        return config.ErrorsFor(KubeletMinors.From134).FirstOrDefault() is not { } error
            ? config
            : throw new ProviderException(
                Reasons.ProviderConfigInvalid,
                $"the provider config is invalid for the kubelet: {error.Line}",
                "correct it first"
            );
    }

    /// <summary>The providers in a canonical form, regardless of comments and whitespace.</summary>
    private static string Canonical(ProviderConfig config) =>
        string.Concat(config.Providers.Select(provider => YamlText.Item(0, provider.Node)));
}
