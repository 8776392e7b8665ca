// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>A step of a change failed; the completed steps are undone.</summary>
/// <param name="problem">One line, including the value; never a secret.</param>
internal sealed class RolloutException(string problem) : Exception(problem);
