// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>The way to a file: each directory and link on it, and the file itself at the end.</summary>
/// <param name="Asked">The path that was asked for.</param>
/// <param name="Steps">In order; a link precedes its target.</param>
/// <param name="Missing">The first path that does not exist; null when all do.</param>
internal sealed record FileWay(string Asked, IReadOnlyList<FileFacts> Steps, string? Missing)
{
    /// <summary>What is at the end, behind all links; null when it does not exist.</summary>
    public FileFacts? Target => Missing is null ? Steps[^1] : null;

    public bool IsLink => Steps.Any(step => step.Kind == FileKind.SymbolicLink && step.Path == Asked);
}
