// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace CrioCredentialProvider.PullRecords;

/// <summary>Which documents of the kubelet are understood (kubernetes pkg/kubelet/apis/config/types.go).</summary>
internal static class RecordVersion
{
    /// <summary>v1alpha1 is written by kubelets 1.33 and 1.34, v1beta1 by later ones; their fields are the
    /// same.</summary>
    public static bool IsKnown(ref Utf8JsonReader value) =>
        value.TokenType == JsonTokenType.String
        && (
            value.ValueTextEquals("kubelet.config.k8s.io/v1beta1"u8)
            || value.ValueTextEquals("kubelet.config.k8s.io/v1alpha1"u8)
        );
}
