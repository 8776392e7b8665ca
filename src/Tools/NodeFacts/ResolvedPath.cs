// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>The components of a resolved path: each directory and link, and finally the file itself.</summary>
/// <param name="Asked">The path as it was requested.</param>
/// <param name="Steps">In order; a link precedes its target.</param>
/// <param name="Missing">The first path that does not exist; null if all do.</param>
internal sealed record ResolvedPath(string Asked, IReadOnlyList<FileFacts> Steps, string? Missing)
{
    /// <summary>The file at the end, with all links followed; null if it does not exist.</summary>
    public FileFacts? Target => Missing is null ? Steps[^1] : null;

    public bool IsLink => Steps.Any(step => step.Kind == FileKind.SymbolicLink && step.Path == Asked);
}
