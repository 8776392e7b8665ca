// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// Something that a step ignored and an administrator may look for: a skipped secret, an unreadable optional file. A
/// step returns its notices beside its result; the pipeline writes them to the journal as warnings.
/// </summary>
/// <param name="Reason">The stable reason.</param>
/// <param name="Message">One sentence, values quoted, never a secret.</param>
internal sealed record Notice(Reason Reason, string Message);
