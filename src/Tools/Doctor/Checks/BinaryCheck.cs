using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP001: the kubelet refuses to start when a provider's binary is missing or not executable, and whoever can replace
/// one runs as root at the next pull.
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

        var own = view.OwnProviders;
        var found = new Findings();
        foreach (var provider in view.Config.Providers.Where(provider => provider.Name.Length > 0))
        {
            Look(found, view.Files, binDir.Value.TrimEnd('/'), provider.Name);
        }

        return found.ToResult($"\"{binDir.Value.TrimEnd('/')}/{own[0].Name}\" is there, and only root can change it");
    }

    private static void Look(Findings found, NodeFilesReader files, string binDir, string name)
    {
        var path = $"{binDir}/{name}";
        var way = files.Walk(path);
        if (way.Target is not { } binary)
        {
            found.Fail(
                way.Missing == path || !way.Steps.Any(step => step.Kind == FileKind.SymbolicLink)
                    ? $"\"{way.Missing}\" does not exist: the kubelet does not start with a provider \"{name}\" in its config"
                    : $"\"{path}\" leads to \"{way.Missing}\", which does not exist: the kubelet does not start",
                name == OwnProvider.Name
                    ? $"install -D -m 0755 -o root -g root crio-credential-provider {ShellWord.Of(path)}"
                    : $"install the binary of provider \"{name}\" as {path}, or take it out of the config");
            return;
        }

        if (binary.Kind != FileKind.Regular)
        {
            found.Fail($"\"{binary.Path}\" is no file", $"put the binary of provider \"{name}\" there");
            return;
        }

        found.See($"{path}{(binary.Path == path ? "" : $" -> {binary.Path}")}, {binary.OwnerAndMode}");
        if (!binary.IsExecutable)
        {
            found.Fail($"\"{binary.Path}\" is not executable: the kubelet does not start", $"chmod 0755 {ShellWord.Of(binary.Path)}");
        }

        foreach (var step in way.Steps.Where(step => step.Kind != FileKind.SymbolicLink))
        {
            if (step.Owner != 0)
            {
                found.Fail(
                    $"\"{step.Path}\" belongs to user {step.Owner}, who can replace what the kubelet runs as root",
                    $"chown root:root {ShellWord.Of(step.Path)}");
            }

            if (step.IsOthersWritable)
            {
                found.Fail(
                    $"\"{step.Path}\" can be written by others than root (mode {FileFacts.ModeText(step.Mode)})",
                    $"chmod go-w {ShellWord.Of(step.Path)}");
            }
        }
    }
}
