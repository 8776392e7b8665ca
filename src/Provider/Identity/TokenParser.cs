using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Identity;

/// <summary>
/// Reads the claims of a service account token: a JWT as kube-apiserver issues it (kubernetes pkg/serviceaccount
/// claims.go). The signature is not checked: the API server does that when the token is used, and what the token says
/// counts for nothing before.
/// </summary>
internal static class TokenParser
{
    private const string Remedy = "check tokenAttributes in the kubelet's credential provider config";

    private const int MaximumAudiences = 8;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <exception cref="ProviderException">Not a JWT, no namespace claim, or a namespace that is not a DNS-1123 label.</exception>
    public static PodIdentity Parse(Secret token)
    {
        var text = token.Reveal().AsSpan();

        // The token becomes a header line: nothing but these characters may reach it.
        if (text.ContainsAnyExcept(TokenCharacters) || text.Count('.') != 2)
        {
            throw new ProviderException(
                Reasons.TokenMalformed, "the service account token is not a JWT of three parts", Remedy);
        }

        var rest = text[(text.IndexOf('.') + 1)..];
        var payload = rest[..rest.IndexOf('.')];
        try
        {
            return Check(ReadClaims(Base64Url.DecodeFromChars(payload)));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // No inner exception: its text could quote the claims.
            throw new ProviderException(
                Reasons.TokenMalformed, "the service account token's claims are not base64url of a JSON object", Remedy);
        }
    }

    private static Claims ReadClaims(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 16 });
        var claims = new Claims();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("kubernetes.io"u8))
            {
                ReadKubernetes(ref reader, ref claims);
            }
            else if (reader.ValueTextEquals("aud"u8))
            {
                ReadAudiences(ref reader, claims.Audiences);
            }
            else if (reader.ValueTextEquals("iss"u8))
            {
                claims.Issuer = ReadText(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        reader.Read();
        return claims;
    }

    private static void ReadKubernetes(ref Utf8JsonReader reader, ref Claims claims)
    {
        if (claims.HasKubernetes)
        {
            throw new FormatException("the claim stands twice");
        }

        claims.HasKubernetes = true;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("the claim is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("namespace"u8))
            {
                if (claims.Namespace is not null)
                {
                    throw new FormatException("the namespace stands twice");
                }

                claims.Namespace = ReadText(ref reader) ?? "";
            }
            else if (reader.ValueTextEquals("serviceaccount"u8))
            {
                claims.ServiceAccount = ReadName(ref reader);
            }
            else if (reader.ValueTextEquals("pod"u8))
            {
                claims.Pod = ReadName(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>
    /// Reads <c>name</c> of an object such as <c>{"name":"default","uid":"…"}</c>. One that Kubernetes would not give is
    /// none: it stands in commands that people copy.
    /// </summary>
    private static string? ReadName(ref Utf8JsonReader reader)
    {
        string? name = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = ReadText(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return name is not null && SecretName.IsValid(name) ? name : null;
    }

    private static void ReadAudiences(ref Utf8JsonReader reader, List<string> audiences)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            audiences.Add(OneLine.Of(reader.GetString()!));
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                // They are told when the API server refuses the token; a line has an end.
                if (audiences.Count < MaximumAudiences)
                {
                    audiences.Add(OneLine.Of(reader.GetString()!));
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return OneLine.Of(reader.GetString()!);
        }

        reader.Skip();
        return null;
    }

    private static PodIdentity Check(Claims claims)
    {
        if (string.IsNullOrEmpty(claims.Namespace))
        {
            throw new ProviderException(
                Reasons.TokenMalformed, "the service account token has no claim \"kubernetes.io\".\"namespace\"", Remedy);
        }

        if (!NamespaceName.IsValid(claims.Namespace))
        {
            throw new ProviderException(
                Reasons.NamespaceUnusable,
                $"the service account token's namespace \"{claims.Namespace}\" is not a DNS-1123 label of at most 63 characters",
                "no API server issues such a token: find out who called");
        }

        return new PodIdentity(claims.Namespace, claims.ServiceAccount, claims.Pod, claims.Audiences, claims.Issuer);
    }

    private struct Claims()
    {
        public bool HasKubernetes;
        public string? Namespace;
        public string? ServiceAccount;
        public string? Pod;
        public string? Issuer;
        public List<string> Audiences = [];
    }
}
