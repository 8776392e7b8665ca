// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>
/// Finds the secrets that a SelfSubjectRulesReview permits to get by name (authorization.k8s.io/v1; rules as in
/// kubernetes pkg/apis/rbac/v1 evaluation_helpers.go: VerbMatches, APIGroupMatches, ResourceMatches).
/// </summary>
internal static class NamedSecretRules
{
    /// <param name="reply">The response to the review.</param>
    /// <returns>
    /// In ordinal order, without duplicates, and only valid names of secrets; null if the response says that it is
    /// incomplete, or if it is not a review.
    /// </returns>
    public static IReadOnlyList<string>? Find(ApiReply reply)
    {
        using var document = reply.Parse();
        if (
            document?.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("status", out var status)
            || status.ValueKind != JsonValueKind.Object
            || !status.TryGetProperty("incomplete", out var incomplete)
            || incomplete.ValueKind != JsonValueKind.False
        )
        {
            return null;
        }

        try
        {
            SortedSet<string> names = new(StringComparer.Ordinal);
            foreach (
                var rule in Elements(status, "resourceRules").Where(rule => rule.ValueKind == JsonValueKind.Object)
            )
            {
                if (Has(rule, "verbs", "get") && Has(rule, "apiGroups", "") && Has(rule, "resources", "secrets"))
                {
                    names.UnionWith(Texts(rule, "resourceNames").Where(SecretName.IsValid));
                }
            }

            return [.. names];
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate, which an API server never writes.
            return null;
        }
    }

    private static bool Has(JsonElement rule, string member, string value) =>
        Texts(rule, member).Any(text => text == value || text == "*");

    private static IEnumerable<string> Texts(JsonElement rule, string member) =>
        Elements(rule, member)
            .Where(element => element.ValueKind == JsonValueKind.String)
            .Select(element => element.GetString()!);

    /// <returns>Empty if the member is not an array.</returns>
    private static JsonElement.ArrayEnumerator Elements(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;
}
