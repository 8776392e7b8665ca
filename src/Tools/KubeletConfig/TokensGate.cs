// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// The feature gate without which a kubelet gives no provider a token (kubernetes pkg/features kube_features.go): alpha
/// and off in 1.33, beta and on since 1.34.
/// </summary>
internal static class TokensGate
{
    public const string Name = "KubeletServiceAccountTokenForCredentialProviders";

    /// <summary>The kubelets that give no provider a token.</summary>
    /// <param name="gates">The gates that are set; <c>AllAlpha</c> and <c>AllBeta</c> set a whole stage.</param>
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
