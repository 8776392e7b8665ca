// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>A stream violates the wire format or lacks what the expected message needs; completes "it is malformed:
/// ".</summary>
internal sealed class ProtobufException(string problem) : Exception(problem);

/// <summary>A stream exceeds the byte budget.</summary>
internal sealed class ByteBudgetException : Exception;
