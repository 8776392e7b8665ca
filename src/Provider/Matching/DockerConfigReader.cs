// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Matching;

/// <summary>
/// Reads the docker config of a secret by the rules of Go's decoder and the kubelet's keyring (kubernetes
/// pkg/credentialprovider config.go): unknown members are ignored, a wrong type invalidates the document.
/// </summary>
internal static class DockerConfigReader
{
    /// <summary>Maximum number of members that a message names; a document of another kind may have
    /// thousands.</summary>
    private const int MaximumMembers = 5;

    /// <param name="document">The docker config.</param>
    /// <param name="wants">Decides from its key whether an entry is kept.</param>
    /// <param name="problem">Why the document has no entries at all; null if it has an <c>auths</c> member.</param>
    /// <exception cref="FormatException">
    /// The document cannot be used; the message says why, without quoting the document.
    /// </exception>
    public static IReadOnlyList<DockerConfigEntry> Read(
        ReadOnlySpan<byte> document,
        KeyFilter wants,
        out string? problem
    )
    {
        try
        {
            var reader = GoJson.Reader(document);
            reader.Read();
            var entries = ReadDocument(ref reader, wants, out problem);

            // A second document makes this read throw.
            reader.Read();
            return entries;
        }
        catch (JsonException)
        {
            throw new FormatException("it is not one JSON document");
        }
    }

    private static IReadOnlyList<DockerConfigEntry> ReadDocument(
        ref Utf8JsonReader reader,
        KeyFilter wants,
        out string? problem
    )
    {
        problem = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("the document is not a JSON object");
        }

        var entries = new DockerConfigEntries(wants);
        var hasAuths = false;
        string? store = null;
        List<string>? others = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (GoJson.IsField(ref reader, "auths"u8))
            {
                hasAuths = true;
                reader.Read();
                entries.Read(ref reader);
                continue;
            }

            store ??=
                GoJson.IsField(ref reader, "credsstore"u8) ? "credsStore"
                : GoJson.IsField(ref reader, "credhelpers"u8) ? "credHelpers"
                : null;
            if (!hasAuths && (others ??= []).Count <= MaximumMembers)
            {
                others.Add(GoJson.Text(ref reader));
            }

            reader.Skip();
        }

        if (store is not null)
        {
            entries.Explain(
                $"it has no credential, because the document has a \"{store}\": the password is in the key store of "
                    + "the machine that wrote it; create the secret with \"kubectl create secret docker-registry\""
            );
        }

        problem = hasAuths ? null : WithoutAuths(others ?? []);
        return entries.All;
    }

    /// <summary>The members show what the document is instead, but any of them could be a misplaced secret.</summary>
    private static string WithoutAuths(List<string> members)
    {
        string[] keys =
        [
            .. members.Where(name => RegistryKey.TryParse(name, out _)).Take(MaximumMembers).Select(OneLine.Of),
        ];
        var isDockercfg = Array.Exists(keys, key => key.AsSpan().ContainsAny('.', ':'));
        return "it has no member \"auths\""
            + (
                members.Count == 0 ? "; the document is empty"
                : keys.Length == 0 ? ""
                : $"; its members are {string.Join(", ", keys.Select(key => $"\"{key}\""))}"
                    + (members.Count > keys.Length ? " and others" : "")
                    + (isDockercfg ? ", which is the form of a .dockercfg" : "")
            );
    }
}
