using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>A version, and where it was found.</summary>
internal sealed record SourcedVersion(ComponentVersion Version, string Origin)
{
    public override string ToString() => $"{Version} ({Origin})";
}

/// <summary>
/// What can be known of versions without running anything: what somebody gave, what CRI-O writes at its start, and the
/// Debian package database. The kubelet writes its version nowhere, and RPM's database is no text.
/// </summary>
internal static class VersionSources
{
    private const string Packages = "/var/lib/dpkg/status";

    /// <returns>Null when it is not known.</returns>
    public static SourcedVersion? Kubelet(NodeView view) =>
        Given(view, DoctorOptions.KubeletVersion.Flag) ?? OfPackage(view.Files, name => name == "kubelet");

    /// <returns>Null when it is not known.</returns>
    public static SourcedVersion? Crio(NodeView view)
    {
        if (Given(view, DoctorOptions.CrioVersion.Flag) is { } given)
        {
            return given;
        }

        var file = view.Crio.VersionFile;
        return view.Files.ReadText(file) is { } text && ComponentVersion.TryFind(text, out var version)
            ? new SourcedVersion(version, $"\"{file}\"")
            : OfPackage(view.Files, name => name == "cri-o" || name.StartsWith("cri-o-1.", StringComparison.Ordinal));
    }

    private static SourcedVersion? Given(NodeView view, string flag) => view.Option(flag) is not { } text ? null
        : ComponentVersion.TryFind(text, out var version) ? new SourcedVersion(version, $"option --{flag}")
        : throw new CheckSkippedException($"--{flag} \"{Diagnostics.OneLine.Of(text)}\" names no version such as 1.34.1", isUndetermined: true);

    private static SourcedVersion? OfPackage(NodeFilesReader files, Func<string, bool> isWanted)
    {
        foreach (var paragraph in (files.ReadText(Packages) ?? "").Split("\n\n"))
        {
            string? Field(string name) => paragraph.Split('\n')
                .FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..].Trim();
            if (Field("Package") is { } package && isWanted(package)
                && Field("Status")?.EndsWith(" installed", StringComparison.Ordinal) == true
                && ComponentVersion.TryFind(Field("Version") ?? "", out var version))
            {
                return new SourcedVersion(version, $"package {package}");
            }
        }

        return null;
    }
}
