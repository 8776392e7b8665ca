// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Finds the locations that use a key of the auth file.</summary>
/// <param name="places">What CRI-O finds for each location.</param>
internal sealed class KeyUse(IReadOnlyList<ExplainedPlace> places)
{
    /// <summary>Names the locations for which CRI-O uses this key; null if there are none.</summary>
    public string? By(string key, string? secretName, bool isHelper = false)
    {
        int[] numbers =
        [
            .. places
                .Where(place =>
                    place.Found is { } found
                    && found.Hit.Key == key
                    && found.Origin.SecretName == secretName
                    && found.Hit.Rule == LookupRule.Helper == isHelper
                )
                .Select(place => place.Number),
        ];
        return numbers.Length == 0 ? null : $"used by {string.Join(", ", numbers)}";
    }

    /// <summary>The first location that a registry or repository covers; null if there is none.</summary>
    /// <param name="registry">A registry or repository; an empty one covers nothing.</param>
    public ExplainedPlace? Covered(string registry) =>
        places.FirstOrDefault(place =>
            registry.Length > 0 && RepositoryName.Covers(registry, place.Source.Reference.Text)
        );

    /// <summary>The key of a found credential, quoted for a message.</summary>
    public static string Quoted(FoundCredential? found) =>
        found is not null && Explanation.PrintableKey(found.Hit.Key) is { } key ? $"\"{key}\"" : "another key";
}
