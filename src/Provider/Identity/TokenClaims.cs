// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Identity;

/// <summary>
/// The claims of a service account token that this program uses (kubernetes pkg/serviceaccount claims.go). A repeated
/// claim is an error if two parsers could read different namespaces from it.
/// </summary>
internal sealed class TokenClaims
{
    /// <summary>Audiences kept for the message when the API server rejects the token.</summary>
    private const int MaximumAudiences = 8;

    private readonly List<string> audiences = [];
    private bool hasKubernetes;

    private TokenClaims() { }

    /// <summary>Null if the token has no such claim.</summary>
    public string? Namespace { get; private set; }

    /// <summary>Null if the token does not contain it, or contains a name that Kubernetes would reject.</summary>
    public string? ServiceAccount { get; private set; }

    /// <summary>Null if the token does not contain it.</summary>
    public string? ServiceAccountUid { get; private set; }

    /// <summary>Null as for the service account's name.</summary>
    public string? Pod { get; private set; }

    /// <summary>Null if the token does not contain it.</summary>
    public string? PodUid { get; private set; }

    public string? Issuer { get; private set; }

    public IReadOnlyList<string> Audiences => audiences;

    /// <param name="payload">The middle part of the JWT, decoded.</param>
    /// <exception cref="JsonException">The payload is not JSON.</exception>
    /// <exception cref="FormatException">The payload is not an object, or repeats a claim.</exception>
    /// <exception cref="InvalidOperationException">The payload contains text that is not UTF-8.</exception>
    public static TokenClaims Read(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 16 });
        var claims = new TokenClaims();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("kubernetes.io"u8))
            {
                claims.ReadKubernetes(ref reader);
            }
            else if (reader.ValueTextEquals("aud"u8))
            {
                claims.ReadAudiences(ref reader);
            }
            else if (reader.ValueTextEquals("iss"u8))
            {
                claims.Issuer = ReadText(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // A second document makes this read throw.
        reader.Read();
        return claims;
    }

    private void ReadKubernetes(ref Utf8JsonReader reader)
    {
        if (hasKubernetes)
        {
            throw new FormatException("the claim occurs twice");
        }

        hasKubernetes = true;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("the claim is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("namespace"u8))
            {
                if (Namespace is not null)
                {
                    throw new FormatException("the namespace occurs twice");
                }

                Namespace = ReadText(ref reader) ?? "";
            }
            else if (reader.ValueTextEquals("serviceaccount"u8))
            {
                (ServiceAccount, ServiceAccountUid) = ReadNameAndUid(ref reader);
            }
            else if (reader.ValueTextEquals("pod"u8))
            {
                (Pod, PodUid) = ReadNameAndUid(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>
    /// Reads an object such as <c>{"name":"default","uid":"…"}</c>. A name that Kubernetes would reject is ignored,
    /// because it would appear in commands that people copy.
    /// </summary>
    private static (string? Name, string? Uid) ReadNameAndUid(ref Utf8JsonReader reader)
    {
        string? name = null;
        string? uid = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return (null, null);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("uid"u8))
            {
                uid = ReadText(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return (name is not null && SecretName.IsValid(name) ? name : null, uid);
    }

    /// <summary>A string or an array of strings (RFC 7519 section 4.1.3); anything else is ignored.</summary>
    private void ReadAudiences(ref Utf8JsonReader reader)
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
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
            }
            else if (audiences.Count < MaximumAudiences)
            {
                audiences.Add(OneLine.Of(reader.GetString()!));
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
}
