// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>A step of a change could not be done: what was done so far is undone.</summary>
/// <param name="problem">One line with the value; never a secret.</param>
internal sealed class RolloutException(string problem) : Exception(problem);
