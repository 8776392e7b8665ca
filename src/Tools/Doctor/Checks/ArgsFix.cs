// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>A fix that sets an option of the program in the provider config.</summary>
internal static class ArgsFix
{
    /// <param name="flag">Without the leading dashes.</param>
    /// <param name="value">The option's value.</param>
    public static Fix[] Put(string flag, string value)
    {
        var option = $"--{flag}={value}";
        return [Fix.Note("put under args of the provider config, and restart the kubelet:"), Fix.Yaml($"- {option}")];
    }
}
