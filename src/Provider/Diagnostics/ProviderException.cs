// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// An expected failure, which the pipeline turns into <see cref="Outcome.Failed"/>. Any other exception is a defect of
/// the program.
/// </summary>
/// <param name="reason">The stable reason.</param>
/// <param name="problem">What is wrong, with quoted values and without a full stop. Never a secret.</param>
/// <param name="hint">What to do about it; empty if there is nothing to do.</param>
internal sealed class ProviderException(Reason reason, string problem, string hint = "", Exception? inner = null)
    : Exception(problem, inner)
{
    public Reason Reason { get; } = reason;

    public string Problem { get; } = problem;

    public string Hint { get; } = hint;
}
