// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A fact of the node cannot be found out, although it is there. Never a reason to guess.</summary>
/// <param name="problem">One line, without a full stop.</param>
internal sealed class FactUnknownException(string problem) : Exception(problem)
{
    /// <summary>Whether root could find it out.</summary>
    public bool NeedsRoot { get; init; }
}
