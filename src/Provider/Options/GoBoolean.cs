// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Options;

/// <summary>Booleans in the syntax of Go's <c>strconv.ParseBool</c>, which its flag package uses for
/// <c>--flag=VALUE</c>.</summary>
internal static class GoBoolean
{
    /// <summary>The message for any other text.</summary>
    public const string Wanted = "want true or false";

    /// <returns>Null if the text is not one of Go's twelve spellings.</returns>
    public static bool? Parse(string text) =>
        text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => null,
        };
}
