// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Request;

/// <summary>
/// Reads the kubelet's <c>CredentialProviderRequest</c> (k8s.io/kubelet pkg/apis/credentialprovider). Fields that a
/// later kubelet may add are ignored; a field that is set twice is an error, because two readers could disagree.
/// </summary>
internal static class RequestParser
{
    public const string GroupPrefix = "credentialprovider.kubelet.k8s.io/";
    public const string V1 = GroupPrefix + "v1";
    private const string Kind = "CredentialProviderRequest";
    private const string Remedy = "pass one CredentialProviderRequest, as the kubelet does";

    /// <param name="document">The request's bytes.</param>
    /// <param name="where">For messages: behind "the request".</param>
    /// <exception cref="ProviderException">
    /// Not one JSON document, another kind or version, or an image name that no kubelet would send.
    /// </exception>
    public static CredentialRequest Parse(ReadOnlySpan<byte> document, string where = "on stdin")
    {
        try
        {
            return Check(ReadFields(document));
        }
        catch (MalformedException e)
        {
            throw new ProviderException(Reasons.RequestMalformed, $"the request {where} is {e.Message}", Remedy);
        }
        catch (JsonException e)
        {
            // The parser's own text quotes the input, which contains a token: report only the position.
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

    private static Fields ReadFields(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 16 });
        var fields = new Fields();
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

        // One more read: it throws when a second document follows.
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

    private static CredentialRequest Check(Fields fields)
    {
        if (fields.Kind != Kind)
        {
            throw new ProviderException(
                Reasons.RequestOfWrongKind,
                $"the request's kind is \"{Printable(fields.Kind)}\", not \"{Kind}\"",
                Remedy
            );
        }

        if (fields.ApiVersion is not (V1 or GroupPrefix + "v1beta1" or GroupPrefix + "v1alpha1"))
        {
            throw new ProviderException(
                Reasons.RequestOfWrongKind,
                $"the request's apiVersion \"{Printable(fields.ApiVersion)}\" is unknown",
                $"set apiVersion \"{V1}\" in the kubelet's credential provider config"
            );
        }

        if (string.IsNullOrEmpty(fields.Image))
        {
            throw new ProviderException(Reasons.ImageUnusable, "the request names no image", Remedy);
        }

        if (!RepositoryName.TryParse(fields.Image, out var image))
        {
            throw new ProviderException(
                Reasons.ImageUnusable,
                $"the request's image \"{Printable(fields.Image)}\" is not a host and a repository path",
                "name it as the kubelet does, such as \"docker.io/library/nginx\", without tag and digest"
            );
        }

        return new CredentialRequest(
            fields.ApiVersion,
            image,
            string.IsNullOrEmpty(fields.Token) ? null : new Secret(fields.Token),
            fields.Annotations ?? []
        );
    }

    private static MalformedException Malformed(string problem) => new("malformed: " + problem);

    private static string Printable(string? value) => OneLine.Of(value ?? "");

    /// <summary>What the request is, in words for behind "is".</summary>
    private sealed class MalformedException(string what) : Exception(what);

    private struct Fields
    {
        public string? Kind;
        public string? ApiVersion;
        public string? Image;
        public string? Token;
        public Dictionary<string, string>? Annotations;
    }
}
