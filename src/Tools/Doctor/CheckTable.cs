using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>Every check, in the order of the report. An id is never used again for something else.</summary>
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
