// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>A version and its origin.</summary>
internal sealed record VersionWithOrigin(ComponentVersion Version, string Origin)
{
    public override string ToString() => $"{Version} ({Origin})";
}

/// <summary>
/// Determines versions without running a program: from the command line, CRI-O's version file, the kubelet's binary,
/// and the databases of dpkg and RPM.
/// </summary>
internal static class NodeVersions
{
    private const string DpkgStatus = "/var/lib/dpkg/status";

    /// <param name="files">The node's.</param>
    /// <param name="kubelet">The kubelet whose binary is read.</param>
    /// <param name="given">The version on the command line; null if none was given.</param>
    /// <returns>Null if the version is not known.</returns>
    public static VersionWithOrigin? Kubelet(NodeFilesReader files, KubeletFacts kubelet, string? given) =>
        given is not null
            ? Given(given, "kubelet-version")
            : OfBinary(files, kubelet) ?? OfDpkg(files, name => name == "kubelet") ?? OfRpm(files, "kubelet");

    /// <param name="files">The node's.</param>
    /// <param name="crio">The CRI-O whose version file is read.</param>
    /// <param name="given">The version on the command line; null if none was given.</param>
    /// <returns>Null if the version is not known.</returns>
    public static VersionWithOrigin? Crio(NodeFilesReader files, CrioFacts crio, string? given)
    {
        if (given is not null)
        {
            return Given(given, "crio-version");
        }

        return files.ReadText(crio.VersionFile) is { } text && ComponentVersion.TryFind(text, out var version)
            ? new VersionWithOrigin(version, $"\"{crio.VersionFile}\"")
            : OfDpkg(files, name => name == "cri-o" || name.StartsWith("cri-o-1.", StringComparison.Ordinal))
                ?? OfRpm(files, "cri-o");
    }

    private static VersionWithOrigin Given(string text, string flag) =>
        ComponentVersion.TryFind(text, out var version)
            ? new VersionWithOrigin(version, $"option --{flag}")
            : throw new FactUnknownException(
                $"--{flag} \"{Diagnostics.OneLine.Of(text)}\" is not a version such as 1.34.1"
            );

    private static VersionWithOrigin? OfBinary(NodeFilesReader files, KubeletFacts kubelet)
    {
        // If the binary was replaced since the process started, the link's target ends in " (deleted)" and does not
        // exist.
        var path = kubelet.Process is { } process
            ? files.LinkTarget($"/proc/{process.Id}/exe")
            : (kubelet.Arguments.Count > 0 ? kubelet.Arguments[0] : null);
        return
            path is ['/', ..]
            && GoBinaryReader.KubernetesVersion(files, path) is { } text
            && ComponentVersion.TryFind(text, out var version)
            ? new VersionWithOrigin(version, $"\"{path}\"")
            : null;
    }

    private static VersionWithOrigin? OfDpkg(NodeFilesReader files, Func<string, bool> isWanted)
    {
        foreach (var paragraph in (files.ReadText(DpkgStatus) ?? "").Split("\n\n"))
        {
            string? Field(string name) =>
                paragraph
                    .Split('\n')
                    .FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))
                    ?[(name.Length + 2)..].Trim();
            if (
                Field("Package") is { } package
                && isWanted(package)
                && Field("Status")?.EndsWith(" installed", StringComparison.Ordinal) == true
                && ComponentVersion.TryFind(Field("Version") ?? "", out var version)
            )
            {
                return new VersionWithOrigin(version, $"package {package}");
            }
        }

        return null;
    }

    private static VersionWithOrigin? OfRpm(NodeFilesReader files, string package) =>
        RpmDatabaseReader.Version(files, package) is { } text && ComponentVersion.TryFind(text, out var version)
            ? new VersionWithOrigin(version, $"RPM package {package}")
            : null;
}
