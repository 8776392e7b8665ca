// SPDX-License-Identifier: Apache-2.0
namespace KubernetesApiStandIn;

/// <summary>
/// The field numbers, which are part of the Kubernetes API (k8s.io/apimachinery pkg/runtime/generated.proto and
/// pkg/apis/meta/v1/generated.proto, k8s.io/api core/v1/generated.proto).
/// </summary>
public static partial class KubernetesProtobuf
{
    private const string Text = "string",
        Number = "int64",
        Flag = "bool",
        Bytes = "base64",
        Raw = "json",
        Map = "map:";

    /// <summary>
    /// The fields of each message: number, name in JSON, and type; "?" is a pointer, "[]" is repeated.
    /// </summary>
    private static readonly Dictionary<string, (int Number, string Name, string Type)[]> Messages = new()
    {
        ["Unknown"] =
        [
            (1, "typeMeta", "TypeMeta"),
            (2, "raw", Bytes),
            (3, "contentEncoding", Text),
            (4, "contentType", Text),
        ],
        ["TypeMeta"] = [(1, "apiVersion", Text), (2, "kind", Text)],
        ["Status"] =
        [
            (1, "metadata", "ListMeta"),
            (2, "status", Text),
            (3, "message", Text),
            (4, "reason", Text),
            (5, "details", "StatusDetails?"),
            (6, "code", Number),
        ],
        ["StatusDetails"] =
        [
            (1, "name", Text),
            (2, "group", Text),
            (3, "kind", Text),
            (5, "retryAfterSeconds", Number),
            (6, "uid", Text),
        ],
        ["ListMeta"] =
        [
            (1, "selfLink", Text),
            (2, "resourceVersion", Text),
            (3, "continue", Text),
            (4, "remainingItemCount", Number + "?"),
        ],
        ["ObjectMeta"] =
        [
            (1, "name", Text),
            (2, "generateName", Text),
            (3, "namespace", Text),
            (4, "selfLink", Text),
            (5, "uid", Text),
            (6, "resourceVersion", Text),
            (7, "generation", Number),
            (8, "creationTimestamp", "Time"),
            (9, "deletionTimestamp", "Time?"),
            (10, "deletionGracePeriodSeconds", Number + "?"),
            (11, "labels", Map + Text),
            (12, "annotations", Map + Text),
            (14, "finalizers", Text + "[]"),
            (17, "managedFields", "ManagedFieldsEntry[]"),
        ],
        ["ManagedFieldsEntry"] =
        [
            (1, "manager", Text),
            (2, "operation", Text),
            (3, "apiVersion", Text),
            (4, "time", "Time?"),
            (6, "fieldsType", Text),
            (7, "fieldsV1", Raw + "?"),
            (8, "subresource", Text),
        ],
        ["Secret"] =
        [
            (1, "metadata", "ObjectMeta"),
            (2, "data", Map + Bytes),
            (3, "type", Text),
            (4, "stringData", Map + Text),
            (5, "immutable", Flag + "?"),
        ],
        ["SecretList"] = [(1, "metadata", "ListMeta"), (2, "items", "Secret[]")],
        ["ServiceAccount"] =
        [
            (1, "metadata", "ObjectMeta"),
            (2, "secrets", "ObjectReference[]"),
            (3, "imagePullSecrets", "LocalObjectReference[]"),
            (4, "automountServiceAccountToken", Flag + "?"),
        ],
        ["ObjectReference"] = [(1, "kind", Text), (2, "namespace", Text), (3, "name", Text), (4, "uid", Text)],
        ["LocalObjectReference"] = [(1, "name", Text)],
    };
}
