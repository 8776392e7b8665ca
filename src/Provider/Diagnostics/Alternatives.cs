// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>Lists several words in a message, of which one is meant.</summary>
internal static class Alternatives
{
    /// <summary>For example <c>a, b or c</c>.</summary>
    /// <param name="words">At least one.</param>
    public static string Of(IReadOnlyList<string> words) =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
}
