// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace CrioCredentialProvider.PullRecords;

/// <summary>The versions of the kubelet's documents that are supported (kubernetes
/// pkg/kubelet/apis/config/types.go).</summary>
internal static class RecordVersion
{
    /// <summary>Kubelets 1.33 and 1.34 write v1alpha1, later ones v1beta1; the fields are the same.</summary>
    public static bool IsKnown(ref Utf8JsonReader value) =>
        value.TokenType == JsonTokenType.String
        && (
            value.ValueTextEquals("kubelet.config.k8s.io/v1beta1"u8)
            || value.ValueTextEquals("kubelet.config.k8s.io/v1alpha1"u8)
        );
}
