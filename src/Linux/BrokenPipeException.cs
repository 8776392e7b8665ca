// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Linux;

/// <summary>EPIPE: whoever read our output has closed it.</summary>
internal sealed class BrokenPipeException(string message) : IOException(message);
