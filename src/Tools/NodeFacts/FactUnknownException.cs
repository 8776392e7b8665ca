// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A fact about the node exists, but cannot be determined. Callers report it and never guess.</summary>
/// <param name="problem">One line, without a full stop.</param>
internal sealed class FactUnknownException(string problem) : Exception(problem)
{
    /// <summary>Whether root could determine the fact.</summary>
    public bool NeedsRoot { get; init; }
}
