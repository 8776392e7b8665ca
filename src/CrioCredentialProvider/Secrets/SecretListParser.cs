using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>Takes one secret of a list; what it hands over is valid during the call only.</summary>
internal delegate void PullSecretHandler(in PullSecret secret);

/// <summary>
/// Reads a <c>SecretList</c> piece by piece as it comes from the network: memory does not grow with the number of
/// secrets, only with the largest one. What is not needed is passed over token by token.
/// </summary>
internal sealed class SecretListParser(string ns, PullSecretHandler onSecret, List<Notice> notices)
{
    public const string SecretType = "kubernetes.io/dockerconfigjson";
    private const int MaximumNotices = 20;
    private const int MaximumDepth = 64;

    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = MaximumDepth });
    private readonly string?[] path = new string?[MaximumDepth + 1];
    private byte[]? document;
    private int documentLength;
    private string? name, itemNamespace, type, kind;

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
    public int Feed(ReadOnlySpan<byte> data, bool isFinal)
    {
        var reader = new Utf8JsonReader(data, isFinal, state);
        while (reader.Read())
        {
            Take(ref reader);
        }

        state = reader.CurrentState;
        if (isFinal)
        {
            if (kind != "SecretList")
            {
                throw new FormatException("its kind is not \"SecretList\"");
            }

            IsComplete = true;
        }

        return (int)reader.BytesConsumed;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                path[depth] = Known(ref reader);
                break;
            case JsonTokenType.StartArray or JsonTokenType.StartObject when depth == 0:
                if (reader.TokenType == JsonTokenType.StartArray)
                {
                    throw new FormatException("it is not an object");
                }

                break;
            case JsonTokenType.StartObject when IsItem(depth):
                (name, itemNamespace, type, documentLength) = (null, null, null, -1);
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

    /// <summary>An item stands at depth 2: the document, the array.</summary>
    private bool IsItem(int depth) => depth == 2 && path[1] == "items";

    private static string? Known(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("items"u8) ? "items"
        : reader.ValueTextEquals("metadata"u8) ? "metadata"
        : reader.ValueTextEquals("name"u8) ? "name"
        : reader.ValueTextEquals("namespace"u8) ? "namespace"
        : reader.ValueTextEquals("data"u8) ? "data"
        : reader.ValueTextEquals("type"u8) ? "type"
        : reader.ValueTextEquals("kind"u8) ? "kind"
        : reader.ValueTextEquals("continue"u8) ? "continue"
        : reader.ValueTextEquals(".dockerconfigjson"u8) ? ".dockerconfigjson"
        : null;

    private void TakeText(ref Utf8JsonReader reader, int depth)
    {
        switch (depth, path[1], path[depth])
        {
            case (1, "kind", _):
                kind = reader.GetString();
                break;
            case (2, "metadata", "continue"):
                Continue = reader.GetString() is { Length: > 0 } text ? text : null;
                break;
            case (3, "items", "type"):
                type = reader.GetString();
                break;
            case (4, "items", "name") when path[3] == "metadata":
                name = reader.GetString();
                break;
            case (4, "items", "namespace") when path[3] == "metadata":
                itemNamespace = reader.GetString();
                break;
            case (4, "items", ".dockerconfigjson") when path[3] == "data":
                Decode(ref reader);
                break;
            default:
                break;
        }
    }

    private void Decode(ref Utf8JsonReader reader)
    {
        var size = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (document is null || document.Length < size)
        {
            document = new byte[Math.Max(4096, size)];
        }

        var length = reader.CopyString(document);
        documentLength = Base64.DecodeFromUtf8InPlace(document.AsSpan(0, length), out var written) == OperationStatus.Done
            ? written
            : -2;
    }

    private void Finish()
    {
        if (name is null || !IsName(name))
        {
            Skip("a secret without a valid name");
        }
        else if (itemNamespace != ns)
        {
            Skip($"secret \"{name}\", which is not of namespace \"{ns}\"");
        }
        else if (type != SecretType)
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
            onSecret(new PullSecret(name, documentLength < 0 ? null : document.AsMemory(0, documentLength)));
        }
    }

    private void Skip(string what)
    {
        if (notices.Count < MaximumNotices)
        {
            notices.Add(new Notice(Reasons.SecretSkipped, $"Skipping {what}"));
        }
    }

    /// <summary>DNS-1123 subdomains: nothing else may reach a log line as a name.</summary>
    private static bool IsName(string text)
    {
        if (text.Length is 0 or > 253)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
