// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// Something that a step ignored and that an administrator may need to know: a skipped secret, an unreadable optional
/// file. A step returns its notices with its result; the pipeline logs them as warnings.
/// </summary>
/// <param name="Reason">The stable reason.</param>
/// <param name="Message">One sentence with quoted values, never a secret.</param>
internal sealed record Notice(Reason Reason, string Message);
