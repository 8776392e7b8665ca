// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A value, and what set it: a file, a flag, a default.</summary>
internal sealed record ValueWithOrigin(string Value, string Origin);
