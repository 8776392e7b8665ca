// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Which places use a key of the auth file.</summary>
/// <param name="places">What CRI-O finds for each.</param>
internal sealed class KeyUse(IReadOnlyList<ExplainedPlace> places)
{
    /// <summary>Names the places that find this key; null when none does.</summary>
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

    /// <summary>The first place that a registry or repository covers; null if there is none.</summary>
    /// <param name="registry">Empty covers nothing.</param>
    public ExplainedPlace? Covered(string registry) =>
        places.FirstOrDefault(place =>
            registry.Length > 0 && RepositoryName.Covers(registry, place.Source.Reference.Text)
        );

    /// <summary>The key of what is found, for a sentence.</summary>
    public static string Quoted(FoundCredential? found) =>
        found is not null && Explanation.Tell(found.Hit.Key) is { } key ? $"\"{key}\"" : "another key";
}
