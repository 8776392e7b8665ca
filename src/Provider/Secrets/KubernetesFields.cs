// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The numbers of the protobuf fields that are read from the Kubernetes API. They are part of the API: a number never
/// changes its meaning (k8s.io/apimachinery pkg/runtime/generated.proto and pkg/apis/meta/v1/generated.proto,
/// k8s.io/api core/v1/generated.proto).
/// </summary>
internal static class KubernetesFields
{
    /// <summary>runtime.Unknown, which wraps every response after the four bytes <c>k8s\0</c>.</summary>
    public static class Unknown
    {
        public const int TypeMeta = 1,
            Raw = 2,
            ContentEncoding = 3,
            ContentType = 4;
    }

    /// <summary>runtime.TypeMeta.</summary>
    public static class TypeMeta
    {
        public const int ApiVersion = 1,
            Kind = 2;
    }

    /// <summary>meta.v1.Status.</summary>
    public static class Status
    {
        public const int Message = 3;
    }

    /// <summary>meta.v1.ListMeta.</summary>
    public static class ListMeta
    {
        public const int Continue = 3;
    }

    /// <summary>meta.v1.ObjectMeta.</summary>
    public static class ObjectMeta
    {
        public const int Name = 1,
            Namespace = 3;
    }

    /// <summary>core.v1.SecretList.</summary>
    public static class SecretList
    {
        public const int Metadata = 1,
            Items = 2;
    }

    /// <summary>core.v1.Secret; <c>data</c> is a map of strings to bytes.</summary>
    public static class Secret
    {
        public const int Metadata = 1,
            Data = 2,
            Type = 3;
    }

    /// <summary>An entry of any map.</summary>
    public static class MapEntry
    {
        public const int Key = 1,
            Value = 2;
    }

    /// <summary>core.v1.ServiceAccount.</summary>
    public static class ServiceAccount
    {
        public const int ImagePullSecrets = 3;
    }

    /// <summary>core.v1.LocalObjectReference.</summary>
    public static class LocalObjectReference
    {
        public const int Name = 1;
    }
}
