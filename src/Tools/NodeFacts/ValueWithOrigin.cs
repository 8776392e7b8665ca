// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A value and its origin: a file, a flag or a default.</summary>
internal sealed record ValueWithOrigin(string Value, string Origin);
