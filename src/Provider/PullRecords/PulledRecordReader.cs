// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// Reads with whose credentials the node's images were pulled: <c>image_manager/pulled</c> contains an
/// <c>ImagePulledRecord</c> for each image ID (kubernetes pkg/kubelet/images/pullmanager/image_pull_manager.go;
/// captures: pulled-record-service-accounts.json).
/// </summary>
internal static class PulledRecordReader
{
    private const int MostRecords = 10_000;
    private const int LongestRecord = 1024 * 1024;

    /// <summary>
    /// Whether the kubelet has recorded that this service account pulled this image. Namespace, name and UID must all
    /// match, because an account that was deleted and recreated is a different one.
    /// </summary>
    /// <param name="kubeletRoot">The kubelet's <c>--root-dir</c>.</param>
    /// <param name="image">The image of the request.</param>
    /// <param name="identity">The token's owner.</param>
    public static bool Names(string kubeletRoot, RepositoryName image, PodIdentity identity)
    {
        if (identity.ServiceAccount is null || identity.ServiceAccountUid is null)
        {
            return false;
        }

        using var directory = RecordDirectory.Open($"{kubeletRoot}{KubeletRoot.Records}/pulled", out _);
        return directory?.Names() is { Count: <= MostRecords } names
            && names.Exists(name =>
                directory.Read(name, LongestRecord, out _) is { } record && Names(record, image.Text, identity)
            );
    }

    private static bool Names(ReadOnlySpan<byte> record, string image, PodIdentity identity)
    {
        try
        {
            var reader = new Utf8JsonReader(record);
            var (isRecord, isKnown, isNamed) = (false, false, false);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("kind"u8))
                {
                    isRecord =
                        reader.Read()
                        && reader.TokenType == JsonTokenType.String
                        && reader.ValueTextEquals("ImagePulledRecord"u8);
                }
                else if (reader.ValueTextEquals("apiVersion"u8))
                {
                    isKnown = reader.Read() && RecordVersion.IsKnown(ref reader);
                }
                else if (reader.ValueTextEquals("credentialMapping"u8))
                {
                    isNamed = MappingNames(ref reader, image, identity);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            return isRecord && isKnown && isNamed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Reads <c>{"IMAGE":{"kubernetesServiceAccounts":[…]}}</c>.</summary>
    private static bool MappingNames(ref Utf8JsonReader reader, string image, PodIdentity identity)
    {
        var isNamed = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isImage = reader.ValueTextEquals(image);
            reader.Read();
            if (!isImage || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isAccounts = reader.ValueTextEquals("kubernetesServiceAccounts"u8);
                reader.Read();
                if (!isAccounts || reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    isNamed |= AccountIs(ref reader, identity);
                }
            }
        }

        return isNamed;
    }

    private static bool AccountIs(ref Utf8JsonReader reader, PodIdentity identity)
    {
        var matching = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted =
                reader.ValueTextEquals("uid"u8) ? identity.ServiceAccountUid
                : reader.ValueTextEquals("namespace"u8) ? identity.Namespace
                : reader.ValueTextEquals("name"u8) ? identity.ServiceAccount
                : null;
            reader.Read();
            if (wanted is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(wanted))
            {
                matching++;
            }

            reader.Skip();
        }

        return matching == 3;
    }
}
