// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>The line on stderr about an invalid command line: the program's name, the problem, and how to get
/// help.</summary>
internal static class MisuseLine
{
    /// <param name="problem">Without the program's name; it may end with a suggestion and a question mark.</param>
    /// <param name="commands">The commands of the line, as typed; none for the kubelet's run.</param>
    public static string Of(string problem, params IEnumerable<string> commands)
    {
        var help = string.Join(' ', [BuildInfo.Program, .. commands, "--help"]);
        return $"{BuildInfo.Program}: {problem}{(problem.EndsWith('?') ? " See" : "; see")} {help}";
    }
}
