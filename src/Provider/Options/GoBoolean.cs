// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Options;

/// <summary>Booleans as Go's <c>strconv.ParseBool</c> reads them, which its flag package uses for
/// <c>--flag=VALUE</c>.</summary>
internal static class GoBoolean
{
    /// <summary>What a message says about any other text.</summary>
    public const string Wanted = "want true or false";

    /// <returns>Null if the text is none of Go's twelve spellings.</returns>
    public static bool? Parse(string text) =>
        text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => null,
        };
}
