// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>A stream breaks a rule of the wire format or of the expected message; completes "it is malformed:
/// ".</summary>
internal sealed class ProtobufException(string problem) : Exception(problem);

/// <summary>A stream has more bytes than may be read.</summary>
internal sealed class ByteBudgetException : Exception;
