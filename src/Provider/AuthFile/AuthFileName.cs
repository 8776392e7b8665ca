using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.AuthFile;

/// <summary>The name under which CRI-O looks for the file (cri-o server/image_pull.go prepareTempAuthFile).</summary>
internal static class AuthFileName
{
    /// <returns><c>NAMESPACE-SHA256.json</c>, the lower-case hex digest of the image exactly as the kubelet named it.</returns>
    /// <exception cref="ProviderException">The namespace could lead out of the directory.</exception>
    public static string For(string ns, RepositoryName image) =>
        NamespaceName.IsValid(ns)
            ? $"{ns}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image.Text)))}.json"
            : throw new ProviderException(
                Reasons.NamespaceUnusable, $"namespace \"{OneLine.Of(ns)}\" cannot be part of a file name");
}
