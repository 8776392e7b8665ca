// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// Whether pods of other namespaces are denied an image that was pulled with one namespace's secret. That requires the
/// kubelet's pull records (KEP-2535: feature gate off in 1.33 and 1.34, on since 1.35), and a CRI-O that answers a pull
/// with the image's ID (cri-o#9728: 1.36.0, backported to 1.35.2).
/// </summary>
internal static class PullRecordsFindings
{
    public const string Gate = "KubeletEnsureSecretPulledImages";

    public static void Add(Findings found, NodeView view)
    {
        var isOn = IsOn(view.Kubelet.FeatureGates, view.KubeletVersion?.Version);
        bool? hasIds = view.CrioVersion is { } crio ? ReturnsImageIds(crio.Version) : null;
        if (isOn == true && hasIds == true)
        {
            found.Note($"pods of other namespaces must pull an image again: {Gate} is on, and CRI-O returns image IDs");
        }
        else if (isOn == false)
        {
            found.Note($"any pod of the node may start an image that is present: {Gate} is off in the kubelet");
        }
        else if (hasIds == false)
        {
            found.Note(
                $"any pod of the node may start an image that is present: CRI-O {view.CrioVersion!.Version} does not "
                    + "return "
                    + "image IDs; 1.35.2 and 1.36.0 do"
            );
        }
    }

    /// <returns>Null if the kubelet's version is not known and the gate is not set.</returns>
    private static bool? IsOn(IReadOnlyDictionary<string, bool> gates, ComponentVersion? kubelet)
    {
        if (gates.TryGetValue(Gate, out var isSet))
        {
            return isSet;
        }

        return kubelet switch
        {
            null => null,
            { Major: 1, Minor: < 33 } => false,
            { Major: 1, Minor: 33 or 34 } => gates.GetValueOrDefault("AllAlpha"),
            _ => gates.GetValueOrDefault("AllBeta", true),
        };
    }

    private static bool ReturnsImageIds(ComponentVersion version) =>
        (version.Major, version.Minor, version.Patch) is (> 1, _, _) or (1, >= 36, _) or (1, 35, >= 2);
}
