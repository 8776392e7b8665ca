// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// The content of the kubelet's provider config with this program in it, and without. Other providers are kept; a file
/// that says all this already is kept as it is, to the byte.
/// </summary>
internal static class ProviderConfigFile
{
    /// <param name="path">For messages.</param>
    /// <param name="existing">The file's text; null when there is none.</param>
    /// <param name="own">The entry of this program.</param>
    /// <param name="remarks">Comment lines for the head.</param>
    /// <exception cref="ProviderException">The kubelet refuses the existing file.</exception>
    public static string With(string path, string? existing, OwnProvider own, IEnumerable<string> remarks)
    {
        var config = existing is null ? null : Parse(path, existing);
        var text = ConfigText.Of(own, config, ["Made by crio-credential-provider install.", .. remarks]);
        return config is not null && own.MatchImages.Count > 0 && Canonical(config) == Canonical(Parse(path, text))
            ? existing!
            : text;
    }

    /// <returns>The file without this program; null when nothing else is in it.</returns>
    /// <exception cref="ProviderException">The kubelet refuses the file.</exception>
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
                $"the kubelet refuses the provider config: {error.Line}",
                "correct it first"
            );
    }

    /// <summary>The providers in one form, whatever comments and blanks the file has.</summary>
    private static string Canonical(ProviderConfig config) =>
        string.Concat(config.Providers.Select(provider => YamlText.Item(0, provider.Node)));
}
