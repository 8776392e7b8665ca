// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Reads one member of <c>auths</c> by the kubelet's rules (kubernetes pkg/credentialprovider config.go
/// DockerConfigEntry.UnmarshalJSON, decodeDockerConfigFieldAuth): <c>auth</c> takes precedence over <c>username</c> and
/// <c>password</c>, and its base64 may be padded or not. NUL bytes at either end of the password are removed, as in
/// CRI-O (containers/image decodeDockerAuth).
/// </summary>
internal static class DockerConfigEntryReader
{
    private enum Field
    {
        Other,
        Auth,
        Username,
        Password,
        IdentityToken,
    }

    /// <param name="reader">Positioned at the entry's value.</param>
    /// <param name="key">The entry's key.</param>
    /// <exception cref="FormatException">A value has the wrong type.</exception>
    public static DockerConfigEntry Read(ref Utf8JsonReader reader, string key)
    {
        byte[]? auth = null,
            username = null,
            password = null,
            identityToken = null;
        if (!IsObject(ref reader))
        {
            return new DockerConfigEntry(key, null, null);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (ReadField(ref reader))
            {
                case Field.Auth:
                    SetText(ref reader, ref auth);
                    break;
                case Field.Username:
                    SetText(ref reader, ref username);
                    break;
                case Field.Password:
                    SetText(ref reader, ref password);
                    break;
                case Field.IdentityToken:
                    SetText(ref reader, ref identityToken);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return ToEntry(key, auth, username, password ?? [], identityToken ?? []);
    }

    /// <summary>Finds the same wrong types as <see cref="Read"/>, but keeps nothing.</summary>
    /// <exception cref="FormatException">A value has the wrong type.</exception>
    public static void Check(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadField(ref reader) == Field.Other)
            {
                reader.Skip();
            }
            else if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                throw NotText();
            }
        }
    }

    private static bool IsObject(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => false,
            JsonTokenType.StartObject => true,
            _ => throw new FormatException("an entry is not a JSON object"),
        };

    /// <summary>Reads a field's name and moves to its value.</summary>
    private static Field ReadField(ref Utf8JsonReader reader)
    {
        var field =
            GoJson.IsField(ref reader, "auth"u8) ? Field.Auth
            : GoJson.IsField(ref reader, "username"u8) ? Field.Username
            : GoJson.IsField(ref reader, "password"u8) ? Field.Password
            : GoJson.IsField(ref reader, "identitytoken"u8) ? Field.IdentityToken
            : Field.Other;
        reader.Read();
        return field;
    }

    /// <summary>As in Go, the last value wins, and null changes nothing.</summary>
    private static void SetText(ref Utf8JsonReader reader, ref byte[]? text) =>
        text = reader.TokenType switch
        {
            JsonTokenType.String => GoJson.Bytes(ref reader),
            JsonTokenType.Null => text,
            _ => throw NotText(),
        };

    private static DockerConfigEntry ToEntry(
        string key,
        byte[]? auth,
        byte[]? givenUsername,
        byte[] password,
        byte[] identityToken
    )
    {
        var username = givenUsername ?? [];
        if (auth is { Length: > 0 })
        {
            if (!GoBase64.TryDecode(auth, out var decoded))
            {
                return Unusable("its \"auth\" is not base64");
            }

            var colon = decoded.IndexOf((byte)':');
            if (colon < 0)
            {
                return Unusable("its \"auth\" is not base64 of user:password");
            }

            (username, password) = (decoded[..colon].ToArray(), decoded[(colon + 1)..].Trim((byte)0).ToArray());
        }
        else if (username.Contains((byte)':'))
        {
            return Unusable("its user name has a colon");
        }

        var size = username.Length + password.Length + identityToken.Length;
        if (size == 0)
        {
            var isEmpty = auth is null && givenUsername is null;
            return new DockerConfigEntry(key, null, isEmpty ? null : "its user name and password are empty");
        }

        return size > Credential.MaximumSize
            ? Unusable($"its credential is larger than {Credential.MaximumSize} bytes")
            : new DockerConfigEntry(
                key,
                new Credential(
                    new SecretBytes(username),
                    new SecretBytes(password),
                    identityToken.Length == 0 ? null : new Secret(Encoding.UTF8.GetString(identityToken))
                ),
                null
            );

        DockerConfigEntry Unusable(string problem) => new(key, null, problem);
    }

    private static FormatException NotText() => new("a field of an entry is not a string");
}
