// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP001: the kubelet refuses to start if a provider's binary is missing or not executable, and a user who can replace
/// a binary runs code as root at the next pull.
/// </summary>
internal static class BinaryCheck
{
    public static readonly Check Row = new("CP001", "provider binary", Run);

    private static CheckResult Run(NodeView view)
    {
        if (view.Kubelet.BinDir is not { } binDir)
        {
            return CheckResult.Skipped("the directory of the binaries is not known: see CP002");
        }

        var own = view.Providers.Own;
        var found = new Findings();
        var directory = binDir.Value.TrimEnd('/');
        foreach (var provider in view.Providers.Config.Providers.Where(provider => provider.Name.Length > 0))
        {
            Look(found, view.Files, $"{directory}/{provider.Name}", provider.Name, isOwn: own.Contains(provider));
        }

        return found.ToResult($"\"{directory}/{own[0].Name}\" exists, and only root can change it");
    }

    private static void Look(Findings found, NodeFilesReader files, string path, string name, bool isOwn)
    {
        var resolved = files.Walk(path);
        if (resolved.Target is not { } binary)
        {
            found.Fail(
                resolved.Missing == path || !resolved.Steps.Any(step => step.Kind == FileKind.SymbolicLink)
                    ? $"\"{resolved.Missing}\" does not exist: the kubelet does not start with a provider \"{name}\" "
                        + "in its config"
                    : $"\"{path}\" leads to \"{resolved.Missing}\", which does not exist: the kubelet does not start",
                name == OwnProvider.Name
                    ? Fix.Run($"install -D -m 0755 -o root -g root crio-credential-provider {path}")
                    : Fix.Note(
                        $"install the binary of provider \"{name}\" as \"{path}\", or remove the provider from the "
                            + "config"
                    )
            );
            return;
        }

        if (binary.Kind != FileKind.Regular)
        {
            var what = binary.Kind == FileKind.Directory ? "a directory" : "not a regular file";
            found.Fail($"\"{binary.Path}\" is {what}", Fix.Note($"put the binary of provider \"{name}\" there"));
            return;
        }

        found.Note($"{path}{(binary.Path == path ? "" : $" -> {binary.Path}")}, {binary.OwnerAndMode}");
        if (!binary.IsExecutable)
        {
            found.Fail(
                $"\"{binary.Path}\" is not executable: the kubelet does not start",
                Fix.Run($"chmod 0755 {binary.Path}")
            );
        }

        PathTrustFindings.Add(found, resolved, "what the kubelet runs as root");
        if (isOwn && GoBinaryReader.IsGo(files, binary.Path))
        {
            found.Warn(
                $"\"{binary.Path}\" is the Go program{(IsOfCrio(binary) ? " that CRI-O's packages bring" : "")}, not "
                    + "this one",
                Fix.Note($"install this program in a directory of its own, such as {OwnProvider.UsualBinDir},"),
                Fix.Note(
                    "and name it with --image-credential-provider-bin-dir; packages of CRI-O overwrite "
                        + "/usr/libexec/crio"
                )
            );
        }
    }

    private static bool IsOfCrio(FileFacts binary) =>
        binary.Path.StartsWith("/usr/libexec/crio/", StringComparison.Ordinal);
}
