// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Request;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Runs the candidate as the kubelet would, without a token, so that invalid args or env fail now rather than at each
/// pull.
/// </summary>
internal static class ProgramTrial
{
    /// <returns>What is wrong with the program, or with its args and env; null if it responds.</returns>
    public static async Task<Refusal?> ProblemAsync(string program, WantedState wanted)
    {
        const string Request =
            $$"""{"kind":"{{RequestParser.Kind}}","apiVersion":"{{RequestParser.V1}}","""
            + "\"image\":\"registry.example.com/preflight\"}";
        var end = await ProgramClient.RunAsync(program, wanted.Args, Request + "\n", wanted.Env);
        return end switch
        {
            null => new Refusal(
                "the program does not run as a credential provider",
                "check that the file is complete and built for this architecture"
            ),
            { ExitCode: 0 } when end.Stdout.Contains("\"CredentialProviderResponse\"", StringComparison.Ordinal) =>
                null,
            _ => new Refusal(
                $"the program with these args and env exited with code {end.ExitCode}: "
                    + $"{OneLine.Of(end.Stderr.Trim())}",
                "correct args and env"
            ),
        };
    }
}
