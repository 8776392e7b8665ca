// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Request;

/// <summary>
/// Parses the kubelet's <c>CredentialProviderRequest</c> (k8s.io/kubelet pkg/apis/credentialprovider). Fields that a
/// later kubelet may add are ignored; a field that is set twice is an error, because two parsers could disagree.
/// </summary>
internal static class RequestParser
{
    public const string Kind = "CredentialProviderRequest";
    public const string GroupPrefix = "credentialprovider.kubelet.k8s.io/";
    public const string V1 = GroupPrefix + "v1";
    public const string Remedy = $"pass one {Kind}, as the kubelet does";

    /// <param name="document">The request's bytes.</param>
    /// <param name="where">For messages; follows "the request".</param>
    /// <exception cref="ProviderException">
    /// The document is not a single JSON document, the kind or version is not supported, or no kubelet would send the
    /// image name.
    /// </exception>
    public static CredentialRequest Parse(ReadOnlySpan<byte> document, string where = "on stdin")
    {
        try
        {
            return ReadFields(document).Check();
        }
        catch (MalformedException e)
        {
            throw new ProviderException(Reasons.RequestMalformed, $"the request {where} is {e.Message}", Remedy);
        }
        catch (JsonException e)
        {
            // The parser's message quotes the input, which contains a token, so report only the position.
            throw new ProviderException(
                Reasons.RequestMalformed,
                $"the request {where} is not one JSON document "
                    + $"(line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})",
                Remedy
            );
        }
        catch (InvalidOperationException)
        {
            throw new ProviderException(
                Reasons.RequestMalformed,
                $"the request {where} holds text that is not UTF-8",
                Remedy
            );
        }
    }

    private static RequestFields ReadFields(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 16 });
        var fields = new RequestFields();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new MalformedException("not a JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("kind"u8))
            {
                ReadText(ref reader, "kind", ref fields.Kind);
            }
            else if (reader.ValueTextEquals("apiVersion"u8))
            {
                ReadText(ref reader, "apiVersion", ref fields.ApiVersion);
            }
            else if (reader.ValueTextEquals("image"u8))
            {
                ReadText(ref reader, "image", ref fields.Image);
            }
            else if (reader.ValueTextEquals("serviceAccountToken"u8))
            {
                ReadText(ref reader, "serviceAccountToken", ref fields.Token);
            }
            else if (reader.ValueTextEquals("serviceAccountAnnotations"u8))
            {
                ReadAnnotations(ref reader, ref fields.Annotations);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // A second document makes this read throw.
        reader.Read();
        return fields;
    }

    private static void ReadText(ref Utf8JsonReader reader, string field, ref string? value)
    {
        if (value is not null)
        {
            throw Malformed($"field \"{field}\" is set twice");
        }

        reader.Read();
        value = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Null => "",
            _ => throw Malformed($"field \"{field}\" is not a string"),
        };
    }

    private static void ReadAnnotations(ref Utf8JsonReader reader, ref Dictionary<string, string>? annotations)
    {
        const string Field = "serviceAccountAnnotations";
        if (annotations is not null)
        {
            throw Malformed($"field \"{Field}\" is set twice");
        }

        annotations = [];
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Malformed($"field \"{Field}\" is not an object of strings");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !annotations.TryAdd(name, reader.GetString()!))
            {
                throw Malformed($"field \"{Field}\" is not an object of strings with different names");
            }
        }
    }

    private static MalformedException Malformed(string problem) => new("malformed: " + problem);

    /// <summary>What the request is, as text that follows "is".</summary>
    private sealed class MalformedException(string what) : Exception(what);
}
