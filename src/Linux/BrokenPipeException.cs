// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Linux;

/// <summary>EPIPE: the reader of our output has closed the pipe.</summary>
internal sealed class BrokenPipeException(string message) : IOException(message);
