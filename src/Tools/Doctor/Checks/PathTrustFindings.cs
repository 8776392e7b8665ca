// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>Reports each component of a path that users other than root can change, with a fix.</summary>
internal static class PathTrustFindings
{
    /// <param name="found">Receives the findings.</param>
    /// <param name="resolved">The path.</param>
    /// <param name="what">What others can change or replace because of it.</param>
    public static void Add(Findings found, ResolvedPath resolved, string what)
    {
        foreach (var (step, problem, isOwner) in PathTrust.Weaknesses(resolved))
        {
            var line = $"\"{step.Path}\" {problem}, who can replace {what}";
            if (isOwner)
            {
                found.Fail(line, Fix.Run($"chown -h root:root {step.Path}"));
            }
            else if (step.IsSticky)
            {
                // A shared directory such as /tmp must keep its mode.
                found.Fail(line, Fix.Note($"use a directory that only root can write to instead of \"{step.Path}\""));
            }
            else
            {
                found.Fail(line, Fix.Run($"chmod go-w {step.Path}"));
            }
        }
    }
}
