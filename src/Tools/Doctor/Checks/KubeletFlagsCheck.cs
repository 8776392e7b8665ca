using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP002: the running kubelet has both flags, and they lead somewhere.</summary>
internal static class KubeletFlagsCheck
{
    public static readonly Check Row = new("CP002", "kubelet flags", Run);

    private static CheckResult Run(NodeView view)
    {
        var kubelet = view.Kubelet;
        var found = new Findings();
        var isSeen = kubelet.Process is not null || NodeProcess.CanBeSeen(view.Files);
        if (isSeen && kubelet.Process is null)
        {
            found.Warn(
                "no kubelet runs, so that its flags are taken from files",
                "systemctl status kubelet; journalctl -u kubelet -n 50",
                "in a container: share the host's processes, and give --root");
        }

        Look(found, view, kubelet.Config, KubeletFacts.ConfigFlag, isDirectory: false);
        Look(found, view, kubelet.BinDir, KubeletFacts.BinDirFlag, isDirectory: true);
        var result = found.ToResult("both are set and lead somewhere");
        return isSeen || !found.AreNone
            ? result
            : CheckResult.Skipped("no process can be seen; what files say of the flags is in order") with
            {
                Seen = result.Seen,
                IsUndetermined = true,
            };
    }

    private static void Look(Findings found, NodeView view, Sourced? flag, string name, bool isDirectory)
    {
        if (flag is null)
        {
            var where = view.Kubelet.Process is { } process ? $"the running kubelet (process {process.Id}) has no flag" : "no file sets the flag";
            found.Fail(
                $"{where} {name}: no provider is ever run",
                "add to the kubelet's flags, as the drop-in of crio-credential-provider generate systemd-drop-in does, and restart it:",
                isDirectory
                    ? $"{name}={GenerateOptions.BinaryDirectory}"
                    : $"{name}={GenerateOptions.ConfigFile}");
            return;
        }

        found.See($"{name}={flag.Value} ({flag.Origin})");
        if (!flag.Value.StartsWith('/'))
        {
            found.Fail($"{name} \"{flag.Value}\" is not absolute", $"write the whole path: {name}=/{flag.Value}");
            return;
        }

        var way = view.Files.Walk(flag.Value);
        if (way.Target is not { } target)
        {
            var nearest = Nearest(view.Files, way.Missing!);
            found.Fail(
                $"{name}: \"{way.Missing}\" does not exist{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}",
                nearest is null ? $"put it there, or correct {name} and restart the kubelet" : $"correct {name} and restart the kubelet");
        }
        else if (isDirectory && target.Kind != FileKind.Directory)
        {
            found.Fail($"{name}: \"{flag.Value}\" is no directory", $"name the directory: {name}={Path.GetDirectoryName(flag.Value)}");
        }
        else if (target.Kind is not (FileKind.Directory or FileKind.Regular))
        {
            found.Fail($"{name}: \"{flag.Value}\" is neither file nor directory", $"correct {name}");
        }
    }

    /// <summary>What lies beside the first part that is missing, and is called almost the same.</summary>
    private static string? Nearest(NodeFilesReader files, string missing)
    {
        // A part below the missing one is missing with it: the first that does not exist has an existing parent.
        var parts = missing.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var directory = "";
        foreach (var part in parts)
        {
            if (files.Find($"{directory}/{part}") is null)
            {
                return NearestWord.Of(part, files.Names(directory.Length == 0 ? "/" : directory)) is { } near
                    ? $"{directory}/{near}"
                    : null;
            }

            directory += "/" + part;
        }

        return null;
    }
}
