// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Secrets and locations in a short notation for tests of matching, and CRI-O's look-up in the resulting auth file.
/// </summary>
internal static class MatchingSupport
{
    public static PullSources Sources(string text) =>
        new(
            [
                .. text.Split(' ')
                    .Select(word =>
                    {
                        var rest = word[(word.IndexOf(':', StringComparison.Ordinal) + 1)..];
                        return word.StartsWith("mirror:", StringComparison.Ordinal)
                            ? new PullSource(
                                PullSourceKind.Mirror,
                                rest[..rest.IndexOf('=', StringComparison.Ordinal)],
                                RepositoryName.OfLocation(rest[(rest.IndexOf('=', StringComparison.Ordinal) + 1)..])
                            )
                            : new PullSource(
                                PullSourceKind.Registry,
                                rest[..rest.IndexOf('/', StringComparison.Ordinal)],
                                RepositoryName.OfLocation(rest)
                            );
                    }),
            ],
            null,
            false
        );

    public static string Config(params (string Key, string Username, string Password)[] entries) =>
        new JsonObject
        {
            ["auths"] = new JsonObject(
                entries.Select(entry =>
                    KeyValuePair.Create<string, JsonNode?>(
                        entry.Key,
                        new JsonObject { ["username"] = entry.Username, ["password"] = entry.Password }
                    )
                )
            ),
        }.ToJsonString();

    public static MatchResult Match(PullSources sources, params (string Name, string Document)[] secrets)
    {
        var matcher = new CredentialMatcher(sources, keepMisses: false);
        foreach (var (name, document) in secrets)
        {
            matcher.Add(new PullSecret(name, Encoding.UTF8.GetBytes(document)));
        }

        return matcher.Complete();
    }

    /// <summary>
    /// A model of containers/image's findCredentialsInFile: exact keys first, then keys that normalize to the host.
    /// </summary>
    public static string? LookUp(JsonNode document, string reference)
    {
        var auths = document["auths"]!.AsObject();
        var host = reference[..reference.IndexOf('/', StringComparison.Ordinal)];
        for (
            var name = reference;
            name.Length >= host.Length;
            name = name.Contains('/') ? name[..name.LastIndexOf('/')] : ""
        )
        {
            if (auths.TryGetPropertyValue(name, out var exact))
            {
                return Decode(exact!);
            }
        }

        foreach (var (key, value) in auths)
        {
            var rest = key.Replace("http://", "", StringComparison.Ordinal)
                .Replace("https://", "", StringComparison.Ordinal);
            rest = rest.Length < key.Length ? rest.Split('/')[0] : rest;
            if (Hub(rest) == Hub(host))
            {
                return Decode(value!);
            }
        }

        return null;

        static string Hub(string name) => name is "docker.io" or "registry-1.docker.io" ? "index.docker.io" : name;
        static string Decode(JsonNode entry) =>
            Encoding.UTF8.GetString(Convert.FromBase64String((string)entry["auth"]!));
    }
}
