// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A unit's file or one of its drop-ins, in the order in which systemd reads them.</summary>
internal sealed record UnitFile(string Path, string Text);
