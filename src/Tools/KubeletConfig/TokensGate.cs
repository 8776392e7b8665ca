// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// The feature gate for tokens (kubernetes pkg/features kube_features.go): alpha and off by default in 1.33, beta and
/// on by default since 1.34. With the gate off, a kubelet gives tokens to no provider.
/// </summary>
internal static class TokensGate
{
    public const string Name = "KubeletServiceAccountTokenForCredentialProviders";

    /// <summary>The kubelets that give tokens to no provider.</summary>
    /// <param name="gates">The feature gates that are set. <c>AllAlpha</c> and <c>AllBeta</c> set all gates of a
    /// stage.</param>
    public static KubeletMinors OffIn(IReadOnlyDictionary<string, bool> gates)
    {
        if (gates.TryGetValue(Name, out var isOn))
        {
            return isOn ? KubeletMinors.V132 : KubeletMinors.All;
        }

        return KubeletMinors.V132
            | (gates.GetValueOrDefault("AllAlpha") ? KubeletMinors.None : KubeletMinors.V133)
            | (gates.GetValueOrDefault("AllBeta", true) ? KubeletMinors.None : KubeletMinors.From134);
    }
}
