// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;

namespace CrioCredentialProvider.Tests.Properties.Models;

/// <summary>
/// How CRI-O finds a credential in an auth file (containers/image pkg/docker/config findCredentialsInFile,
/// authKeyLookupOrder, normalizeAuthFileKey).
/// </summary>
internal static class LookUpModel
{
    /// <summary>
    /// What CRI-O may find for a physical reference: <c>helper NAME</c>, <c>USER:PASSWORD</c>, or empty for nothing.
    /// Several where it depends on the random order of Go's maps.
    /// </summary>
    public static HashSet<string> Find(JsonNode document, string reference)
    {
        var host = reference.Split('/')[0];
        if (document["credHelpers"]?[host] is { } helper)
        {
            return [$"helper {(string)helper!}"];
        }

        var auths = document["auths"]!.AsObject();
        for (var parts = reference.Split('/').Length; parts > 0; parts--)
        {
            if (auths.TryGetPropertyValue(string.Join('/', reference.Split('/').Take(parts)), out var exact))
            {
                return [Credential(exact)];
            }
        }

        HashSet<string> found =
        [
            .. auths.Where(entry => Normal(entry.Key) == Normal(host)).Select(entry => Credential(entry.Value)),
        ];
        return found.Count > 0 ? found : [""];
    }

    /// <summary>What CRI-O's last resort compares: the host, with Docker Hub under one name.</summary>
    public static string Normal(string key)
    {
        var bare = key;
        foreach (var scheme in (string[])["http://", "https://"])
        {
            bare = bare.StartsWith(scheme, StringComparison.Ordinal) ? bare[scheme.Length..] : bare;
        }

        bare = bare == key ? bare : bare.Split('/')[0];
        return bare is "docker.io" or "registry-1.docker.io" ? "index.docker.io" : bare;
    }

    private static string Credential(JsonNode? entry) =>
        entry?["auth"] is { } auth ? Encoding.UTF8.GetString(Convert.FromBase64String((string)auth!)) : "";
}
