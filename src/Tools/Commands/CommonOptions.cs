// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>Options that several commands share, always with the same meaning.</summary>
internal static class CommonOptions
{
    public static readonly CommandOption Output = new(
        "output",
        "text|json",
        "text",
        "text for people, JSON for programs"
    )
    {
        Letter = 'o',
        Choices = ["text", "json"],
    };
}
