// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// A failure that was foreseen: the pipeline turns it into <see cref="Outcome.Failed"/>. Anything else that is thrown
/// is a defect of the program.
/// </summary>
/// <param name="reason">The stable reason.</param>
/// <param name="problem">What is wrong, values quoted, without a full stop. Never a secret.</param>
/// <param name="hint">What to do about it; empty when there is nothing to do.</param>
internal sealed class ProviderException(Reason reason, string problem, string hint = "", Exception? inner = null)
    : Exception(problem, inner)
{
    public Reason Reason { get; } = reason;

    public string Problem { get; } = problem;

    public string Hint { get; } = hint;
}
