// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>All checks in the order of the report. The ID of a removed check is never reused.</summary>
internal static class CheckTable
{
    public static IReadOnlyList<Check> Checks { get; } =
    [
        BinaryCheck.Row,
        KubeletFlagsCheck.Row,
        ProviderConfigCheck.Row,
        MatchImagesCheck.Row,
        RestartCheck.Row,
        VersionsCheck.Row,
        RegistriesConfCheck.Row,
        AuthDirectoryCheck.Row,
        ApiServerCheck.Row,
        AudienceCheck.Row,
        SecretAccessCheck.Row,
        PullSecretsCheck.Row,
        JournalCheck.Row,
        ClockCheck.Row,
    ];
}
