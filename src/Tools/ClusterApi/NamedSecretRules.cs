using CrioCredentialProvider.Identity;
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>
/// Which secrets a SelfSubjectRulesReview lets somebody get by their names (authorization.k8s.io/v1, the rules as in
/// kubernetes pkg/apis/rbac/v1 evaluation_helpers.go: VerbMatches, APIGroupMatches, ResourceMatches).
/// </summary>
internal static class NamedSecretRules
{
    /// <param name="json">What may be the answer.</param>
    /// <returns>
    /// In ordinal order, each once, and only what can be a secret's name; null when the answer says that it is incomplete,
    /// or is none.
    /// </returns>
    public static IReadOnlyList<string>? Find(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        SortedSet<string> names = new(StringComparer.Ordinal);
        bool? isIncomplete = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStatus = reader.ValueTextEquals("status"u8);
                reader.Read();
                if (isStatus && reader.TokenType == JsonTokenType.StartObject)
                {
                    isIncomplete = ReadStatus(ref reader, names);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A page for people, an answer that was cut off, or text that is not Unicode.
            return null;
        }

        return isIncomplete == false ? [.. names] : null;
    }

    /// <returns>Whether it is incomplete; null when it does not say.</returns>
    private static bool? ReadStatus(ref Utf8JsonReader reader, SortedSet<string> names)
    {
        bool? isIncomplete = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRules = reader.ValueTextEquals("resourceRules"u8);
            var isVerdict = reader.ValueTextEquals("incomplete"u8);
            reader.Read();
            if (isRules && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType == JsonTokenType.StartObject)
                    {
                        ReadRule(ref reader, names);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
            }
            else if (isVerdict && reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            {
                isIncomplete = reader.GetBoolean();
            }
            else
            {
                reader.Skip();
            }
        }

        return isIncomplete;
    }

    private static void ReadRule(ref Utf8JsonReader reader, SortedSet<string> names)
    {
        Dictionary<string, List<string>> members = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            members[name] = ReadTexts(ref reader);
        }

        if (Has("verbs", "get") && Has("apiGroups", "") && Has("resources", "secrets"))
        {
            names.UnionWith(members.GetValueOrDefault("resourceNames", []).Where(SecretName.IsValid));
        }

        bool Has(string member, string value) =>
            members.TryGetValue(member, out var texts) && (texts.Contains(value) || texts.Contains("*"));
    }

    private static List<string> ReadTexts(ref Utf8JsonReader reader)
    {
        List<string> texts = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return texts;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                texts.Add(reader.GetString()!);
            }
            else
            {
                reader.Skip();
            }
        }

        return texts;
    }
}
