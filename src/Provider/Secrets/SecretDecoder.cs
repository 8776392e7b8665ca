// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Secrets;

/// <summary>Receives one secret; its memory is valid only during the call.</summary>
internal delegate void PullSecretHandler(in PullSecret secret);

/// <summary>
/// Reads secrets as they arrive: a <c>SecretList</c> or one <c>Secret</c>. Most of a secret is <c>managedFields</c> and
/// similar metadata, which is skipped. As in Go's decoder, the last value of a repeated field wins, and the fields of
/// repeated messages and maps are merged.
/// </summary>
internal sealed class SecretDecoder(string ns, PullSecretHandler onSecret, List<Notice> notices)
{
    public const string SecretType = "kubernetes.io/dockerconfigjson";

    /// <summary>
    /// The API server rejects secrets with more data (MaxSecretSize, k8s.io/kubernetes pkg/apis/core).
    /// </summary>
    public const int MaximumDocumentBytes = 1024 * 1024;

    private const int MaximumNotices = 20;
    private const int MaximumNameBytes = 256;

    private readonly byte[] namespaceBytes = Encoding.UTF8.GetBytes(ns);
    private ValueBuffer name,
        document,
        value;

    /// <summary>The number of secrets passed to the handler.</summary>
    public int Count { get; private set; }

    /// <summary>The token for the next page of the list; empty on the last page.</summary>
    public string Continue { get; private set; } = "";

    /// <summary>Reads a SecretList, which is the reader's current message.</summary>
    public void ReadList(ProtobufReader reader)
    {
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KubernetesFields.SecretList.Metadata:
                    Continue = ContinueToken.Read(reader) ?? Continue;
                    break;
                case KubernetesFields.SecretList.Items:
                    var outerEnd = reader.EnterMessage();
                    ReadSecret(reader);
                    reader.LeaveMessage(outerEnd);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    /// <summary>Reads a Secret, which is the reader's current message.</summary>
    public void ReadSecret(ProtobufReader reader)
    {
        var found = default(Found);
        name.Length = document.Length = ValueBuffer.Absent;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KubernetesFields.Secret.Metadata:
                    ReadMetadata(reader, ref found);
                    break;
                case KubernetesFields.Secret.Data:
                    ReadData(reader);
                    break;
                case KubernetesFields.Secret.Type:
                    found.IsOfType =
                        reader.TryReadBytes(MaximumNameBytes, out var type)
                        && type.SequenceEqual("kubernetes.io/dockerconfigjson"u8);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        HandOver(found);
    }

    private void ReadMetadata(ProtobufReader reader, ref Found found)
    {
        var outerEnd = reader.EnterMessage();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KubernetesFields.ObjectMeta.Name:
                    Read(reader, MaximumNameBytes, ref name);
                    break;
                case KubernetesFields.ObjectMeta.Namespace:
                    found.IsOfNamespace =
                        reader.TryReadBytes(MaximumNameBytes, out var text) && text.SequenceEqual(namespaceBytes);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.LeaveMessage(outerEnd);
    }

    /// <summary>Reads a map entry, whose value may come before its key.</summary>
    private void ReadData(ProtobufReader reader)
    {
        var outerEnd = reader.EnterMessage();
        var isDocument = false;
        value.Length = 0;
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case KubernetesFields.MapEntry.Key:
                    isDocument =
                        reader.TryReadBytes(MaximumNameBytes, out var key) && key.SequenceEqual(".dockerconfigjson"u8);
                    break;
                case KubernetesFields.MapEntry.Value:
                    Read(reader, MaximumDocumentBytes, ref value);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.LeaveMessage(outerEnd);
        if (isDocument)
        {
            (document, value) = (value, document);
        }
    }

    private static void Read(ProtobufReader reader, int maximum, ref ValueBuffer buffer)
    {
        if (reader.TryReadBytes(maximum, out var bytes))
        {
            buffer.Set(bytes);
        }
        else
        {
            buffer.Length = ValueBuffer.TooLong;
        }
    }

    private void HandOver(in Found found)
    {
        if (name.Length <= 0 || !SecretName.IsValid(name.Span))
        {
            Skip("a secret without a valid name");
        }
        else if (!found.IsOfNamespace || !found.IsOfType || document.Length == ValueBuffer.TooLong)
        {
            Skip(
                $"secret \"{Encoding.UTF8.GetString(name.Span)}\", "
                    + (
                        !found.IsOfNamespace ? $"which is not in namespace \"{ns}\""
                        : !found.IsOfType ? $"which is not of type \"{SecretType}\""
                        : $"whose data has more than {MaximumDocumentBytes} bytes"
                    )
            );
        }
        else
        {
            Count++;
            onSecret(new PullSecret(name.Bytes!.Value, document.Bytes));
        }
    }

    private void Skip(string what)
    {
        if (notices.Count < MaximumNotices)
        {
            notices.Add(new Notice(Reasons.SecretSkipped, $"Skipping {what}"));
        }
    }

    private struct Found
    {
        public bool IsOfNamespace,
            IsOfType;
    }
}
