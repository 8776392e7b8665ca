// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>A response as the kubelet has it after decoding.</summary>
/// <param name="CacheKeyType">Image, Registry or Global.</param>
/// <param name="CacheDuration">As written; null: the config's default.</param>
/// <param name="AuthKeys">The images that credentials were given for, joined by blanks.</param>
internal sealed record KubeletResponse(string CacheKeyType, string? CacheDuration, string AuthKeys);

/// <summary>
/// Decodes a provider's stdout as strictly as the kubelet does (kubernetes pkg/credentialprovider/plugin/plugin.go
/// decodeResponse and ExecPlugin, with a codec that has EnableStrict): what this refuses, the kubelet drops.
/// </summary>
internal static partial class KubeletResponseDecoder
{
    private static readonly string[] CacheKeyTypes = ["Image", "Registry", "Global"];

    /// <param name="stdout">All that the provider wrote.</param>
    /// <param name="apiVersion">The one in the provider's config.</param>
    /// <exception cref="FormatException">The kubelet drops this response; the text says why.</exception>
    public static KubeletResponse Decode(ReadOnlySpan<byte> stdout, string apiVersion)
    {
        try
        {
            // Takes neither a byte order mark, nor comments, nor a second document.
            var reader = new Utf8JsonReader(stdout);
            reader.Read();
            var response = Decode(ref reader, apiVersion);
            reader.Read();
            return response;
        }
        catch (JsonException e)
        {
            throw new FormatException("not one JSON document", e);
        }
    }

    private static KubeletResponse Decode(ref Utf8JsonReader reader, string apiVersion)
    {
        string? kind = null,
            version = null,
            cacheKeyType = null,
            cacheDuration = null;
        List<string> authKeys = [];
        ReadObject(ref reader, (ref inner, field) =>
        {
            switch (field)
            {
                case "kind":
                    kind = Text(ref inner, field);
                    break;
                case "apiVersion":
                    version = Text(ref inner, field);
                    break;
                case "cacheKeyType":
                    cacheKeyType = Text(ref inner, field);
                    break;
                case "cacheDuration":
                    cacheDuration = Duration(ref inner);
                    break;
                case "auth":
                    ReadAuth(ref inner, authKeys);
                    break;
                default:
                    throw new FormatException($"unknown field \"{field}\"");
            }
        });
        return kind != "CredentialProviderResponse" ? throw new FormatException($"kind is \"{kind}\"")
            : version != apiVersion ? throw new FormatException($"apiVersion is \"{version}\"")
            : cacheKeyType is null || !CacheKeyTypes.Contains(cacheKeyType)
                ? throw new FormatException($"cacheKeyType is \"{cacheKeyType}\"")
            : new KubeletResponse(cacheKeyType, cacheDuration, string.Join(' ', authKeys));
    }

    private static void ReadAuth(ref Utf8JsonReader reader, List<string> keys)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        ReadObject(ref reader, (ref inner, image) =>
        {
            keys.Add(image);
            ReadObject(ref inner, (ref entry, field) =>
            {
                if (field is not ("username" or "password"))
                {
                    throw new FormatException($"unknown field \"auth[{image}].{field}\"");
                }

                Text(ref entry, field);
            });
        });
    }

    private static string? Duration(ref Utf8JsonReader reader)
    {
        var text = Text(ref reader, "cacheDuration");
        return text is null || GoDuration().IsMatch(text)
            ? text
            : throw new FormatException($"cacheDuration is \"{text}\"");
    }

    private static string? Text(ref Utf8JsonReader reader, string field) =>
        reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Null => null,
            _ => throw new FormatException($"field \"{field}\" is not a string"),
        };

    private delegate void FieldReader(ref Utf8JsonReader reader, string field);

    /// <summary>Hands over each field, the reader standing on its value; names are told apart by case.</summary>
    private static void ReadObject(ref Utf8JsonReader reader, FieldReader onField)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("not an object");
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            if (!seen.Add(field))
            {
                throw new FormatException($"duplicate field \"{field}\"");
            }

            reader.Read();
            onField(ref reader, field);
        }
    }

    [GeneratedRegex(@"\A[+-]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)\z")]
    private static partial Regex GoDuration();
}
