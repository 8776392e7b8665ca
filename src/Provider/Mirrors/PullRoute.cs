namespace CrioCredentialProvider.Mirrors;

/// <summary>One image that CRI-O tries, and the places where it does.</summary>
/// <param name="Image">A canonical name; for a short name, what it stands for.</param>
/// <param name="Entry">The entry of registries.conf that decides; null when none matches.</param>
/// <param name="Sources">In CRI-O's order.</param>
internal sealed record PullRoute(string Image, RegistryEntry? Entry, IReadOnlyList<PullSource> Sources);
