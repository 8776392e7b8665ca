using CrioCredentialProvider.Identity;
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>Takes one secret of a list; what it hands over is valid during the call only.</summary>
internal delegate void PullSecretHandler(in PullSecret secret);

/// <summary>What the API server is asked for.</summary>
internal enum SecretDocument
{
    /// <summary>A <c>SecretList</c>, or a page of it.</summary>
    List,

    /// <summary>One <c>Secret</c>, asked for by its name.</summary>
    One,
}

/// <summary>
/// Reads a <c>SecretList</c> or a <c>Secret</c> piece by piece as it comes from the network: memory does not grow with the number of
/// secrets, only with the largest one. The better part of a secret is <c>managedFields</c> and the like, which is skipped.
/// </summary>
internal sealed class SecretListParser(
    string ns, PullSecretHandler onSecret, List<Notice> notices, SecretDocument expected = SecretDocument.List)
{
    public const string SecretType = "kubernetes.io/dockerconfigjson";
    private const int MaximumNotices = 20;
    private const int MaximumDepth = 64;

    private JsonSkipper skipper;
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = MaximumDepth });

    /// <summary>The known property that stands open at each depth.</summary>
    private readonly Property[] path = new Property[MaximumDepth + 2];

    /// <summary>Where a secret's own object stands: below the document and its array, or nowhere deeper.</summary>
    private readonly int itemDepth = expected == SecretDocument.List ? 2 : 0;
    private byte[]? document;
    private int documentLength;
    private string? name, kind;
    private bool isOfNamespace, isOfType;

    /// <summary>Secrets handed over so far.</summary>
    public int Count { get; private set; }

    /// <summary>The token for the next page; null on the last one.</summary>
    public string? Continue { get; private set; }

    /// <summary>Whether the whole document was read.</summary>
    public bool IsComplete { get; private set; }

    /// <param name="data">What is there; what was not consumed must come again with more behind it.</param>
    /// <param name="isFinal">Whether nothing follows.</param>
    /// <returns>Bytes consumed.</returns>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">JSON, but not a secret list.</exception>
    /// <exception cref="InvalidOperationException">A text that counts is not UTF-8.</exception>
    public int Feed(ReadOnlySpan<byte> data, bool isFinal)
    {
        var consumed = 0;
        do
        {
            consumed += skipper.Skip(data[consumed..]);
            if (skipper.IsInside)
            {
                // More of it is to come. Where nothing is, the reader tells that the document ends too soon.
                if (!isFinal)
                {
                    return consumed;
                }

                skipper = default;
            }

            consumed += Read(data[consumed..], isFinal);
        }
        while (skipper.IsInside);

        if (isFinal)
        {
            var wanted = expected == SecretDocument.List ? "SecretList" : "Secret";
            if (kind != wanted)
            {
                throw new FormatException($"its kind is not \"{wanted}\"");
            }

            IsComplete = true;
        }

        return consumed;
    }

    /// <summary>Reads up to the end of the data, or to a value that is to be skipped.</summary>
    /// <returns>Bytes consumed.</returns>
    private int Read(ReadOnlySpan<byte> data, bool isFinal)
    {
        var reader = new Utf8JsonReader(data, isFinal, state);
        while (!skipper.IsInside && reader.Read())
        {
            Take(ref reader);
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !Counts(reader.TokenType, reader.CurrentDepth))
            {
                skipper.Enter();
            }
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>Whether something in the object or array that starts here could count.</summary>
    private bool Counts(JsonTokenType start, int depth)
    {
        if (depth == itemDepth + 1)
        {
            return start == JsonTokenType.StartObject && path[depth] is Property.Metadata or Property.Data;
        }

        return depth switch
        {
            0 => true,
            1 => path[1] is Property.Items or Property.Metadata,
            2 => start == JsonTokenType.StartObject && IsItem(depth),
            _ => false,
        };
    }

    private void Take(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                path[depth] = Known(ref reader);
                break;
            case JsonTokenType.StartArray when depth == 0:
                throw new FormatException("it is not an object");
            case JsonTokenType.StartObject when depth == 1 && expected == SecretDocument.List && path[1] == Property.Items:
                throw new FormatException("its items are not an array");
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                path[depth + 1] = Property.Other;
                if (reader.TokenType == JsonTokenType.StartObject && IsItem(depth))
                {
                    (name, isOfNamespace, isOfType, documentLength) = (null, false, false, -1);
                }

                break;
            case JsonTokenType.EndObject when IsItem(depth):
                Finish();
                break;
            case JsonTokenType.String:
                TakeText(ref reader, depth);
                break;
            default:
                break;
        }
    }

    private bool IsItem(int depth) => depth == itemDepth && (depth == 0 || path[1] == Property.Items);

    private static Property Known(ref Utf8JsonReader reader)
    {
        // Escapes make a name longer than what it stands for, not shorter.
        if (reader.ValueIsEscaped)
        {
            return Compare(ref reader);
        }

        return reader.ValueSpan.Length is 4 or 5 or 8 or 9 or 17 ? Compare(ref reader) : Property.Other;
    }

    private static Property Compare(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("items"u8) ? Property.Items
        : reader.ValueTextEquals("metadata"u8) ? Property.Metadata
        : reader.ValueTextEquals("name"u8) ? Property.Name
        : reader.ValueTextEquals("namespace"u8) ? Property.Namespace
        : reader.ValueTextEquals("data"u8) ? Property.Data
        : reader.ValueTextEquals("type"u8) ? Property.Type
        : reader.ValueTextEquals("kind"u8) ? Property.Kind
        : reader.ValueTextEquals("continue"u8) ? Property.Continue
        : reader.ValueTextEquals(".dockerconfigjson"u8) ? Property.DockerConfigJson
        : Property.Other;

    private void TakeText(ref Utf8JsonReader reader, int depth)
    {
        if (depth == 1 && path[1] == Property.Kind)
        {
            kind = reader.GetString();
            return;
        }

        if (expected == SecretDocument.List)
        {
            if (depth == 2 && path[1] == Property.Metadata && path[2] == Property.Continue)
            {
                Continue = reader.GetString() is { Length: > 0 } text ? text : null;
                return;
            }

            if (path[1] != Property.Items)
            {
                return;
            }
        }

        switch (depth - itemDepth, path[itemDepth + 1], path[depth])
        {
            case (1, Property.Type, _):
                isOfType = reader.ValueTextEquals(SecretType);
                break;
            case (2, Property.Metadata, Property.Name):
                name = reader.GetString();
                break;
            case (2, Property.Metadata, Property.Namespace):
                isOfNamespace = reader.ValueTextEquals(ns);
                break;
            case (2, Property.Data, Property.DockerConfigJson):
                Decode(ref reader);
                break;
            default:
                break;
        }
    }

    private void Decode(ref Utf8JsonReader reader)
    {
        var encoded = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            // Nobody has to escape base64, but may.
            var unescaped = new byte[encoded.Length];
            encoded = unescaped.AsSpan(0, reader.CopyString(unescaped));
        }

        if (document is null || document.Length < encoded.Length)
        {
            document = new byte[Math.Max(4096, encoded.Length)];
        }

        documentLength = Base64.DecodeFromUtf8(encoded, document, out _, out var written) == OperationStatus.Done ? written : -2;
    }

    private void Finish()
    {
        if (name is null || !SecretName.IsValid(name))
        {
            Skip("a secret without a valid name");
        }
        else if (!isOfNamespace)
        {
            Skip($"secret \"{name}\", which is not of namespace \"{ns}\"");
        }
        else if (!isOfType)
        {
            Skip($"secret \"{name}\", which is not of type \"{SecretType}\"");
        }
        else if (documentLength == -2)
        {
            Skip($"secret \"{name}\", whose data is not base64");
        }
        else
        {
            Count++;
            ReadOnlyMemory<byte>? data = null;
            if (documentLength >= 0)
            {
                data = document.AsMemory(0, documentLength);
            }

            onSecret(new PullSecret(name, data));
        }
    }

    private void Skip(string what)
    {
        if (notices.Count < MaximumNotices)
        {
            notices.Add(new Notice(Reasons.SecretSkipped, $"Skipping {what}"));
        }
    }

    private enum Property
    {
        /// <summary>None that counts, or an array's element.</summary>
        Other,
        Items,
        Metadata,
        Name,
        Namespace,
        Data,
        Type,
        Kind,
        Continue,
        DockerConfigJson,
    }
}
