// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP002: the kubelet has both flags, their paths exist, and the kubelet can read its own configuration, which its
/// flags name.
/// </summary>
internal static class KubeletFlagsCheck
{
    public static readonly Check Row = new("CP002", "kubelet flags", Run);

    private static CheckResult Run(NodeView view)
    {
        var kubelet = view.Kubelet;
        var found = new Findings();
        var isVisible = kubelet.Process is not null || NodeProcess.AreVisible(view.Files);
        if (isVisible && kubelet.Process is null)
        {
            found.Warn(
                "no kubelet runs, so its flags come from its unit's files",
                Fix.Run($"systemctl status kubelet; journalctl -u kubelet -n 50"),
                Fix.Note("in a container: share the host's processes, and give --root")
            );
        }

        Look(found, view, kubelet.Config, KubeletFacts.ConfigFlag, isDirectory: false);
        Look(found, view, kubelet.BinDir, KubeletFacts.BinDirFlag, isDirectory: true);
        foreach (var problem in kubelet.UnreadableConfigs)
        {
            found.Fail(
                $"the kubelet does not start with its own configuration: {problem}",
                Fix.Note("correct the file before the next start")
            );
        }

        var result = found.ToResult("both are set and lead somewhere");
        return isVisible || !found.IsEmpty
            ? result
            : CheckResult.Skipped("no process can be seen; the flags in the files are in order") with
            {
                Seen = result.Seen,
                IsUndetermined = true,
            };
    }

    private static void Look(Findings found, NodeView view, ValueWithOrigin? flag, string name, bool isDirectory)
    {
        if (flag is null)
        {
            Missing(found, view.Kubelet, name, isDirectory);
            return;
        }

        found.Note($"{name}={flag.Value} ({flag.Origin})");
        if (!flag.Value.StartsWith('/'))
        {
            found.Fail(
                $"{name} \"{OneLine.Of(flag.Value)}\" is not absolute",
                Fix.Note($"write the whole path: {name}=/{OneLine.Of(flag.Value)}")
            );
            return;
        }

        var resolved = view.Files.Walk(flag.Value);
        if (resolved.Target is not { } target)
        {
            var nearest = Nearest(view.Files, resolved.Missing!);
            found.Fail(
                $"{name}: \"{resolved.Missing}\" does not exist"
                    + (nearest is null ? "" : $"; did you mean \"{nearest}\"?"),
                Fix.Note(
                    nearest is null
                        ? $"put it there, or correct {name} and restart the kubelet"
                        : $"correct {name} and restart the kubelet"
                )
            );
        }
        else if (isDirectory && target.Kind != FileKind.Directory)
        {
            found.Fail(
                $"{name}: \"{flag.Value}\" is not a directory",
                Fix.Note($"name the directory: {name}={Path.GetDirectoryName(flag.Value)}")
            );
        }
        else if (target.Kind is not (FileKind.Directory or FileKind.Regular))
        {
            found.Fail($"{name}: \"{flag.Value}\" is neither a file nor a directory", Fix.Note($"correct {name}"));
        }
    }

    private static void Missing(Findings found, KubeletFacts kubelet, string name, bool isDirectory)
    {
        var where =
            kubelet.Process is { } process ? $"the running kubelet (process {process.Id}) does not have the flag"
            : kubelet.Unit is not null ? "the kubelet's unit does not give it the flag"
            : "no file sets the flag";
        var value = isDirectory ? OwnProvider.UsualBinDir : OwnProvider.UsualConfigPath;
        found.Fail(
            $"{where} {name}: no provider is ever run",
            Fix.Note($"add {name}={value} to the kubelet's flags,"),
            Fix.Note("as the drop-in that this prints does, and restart the kubelet:"),
            Fix.Run($"crio-credential-provider generate systemd-drop-in")
        );
        foreach (var unused in kubelet.Unit?.WithoutEffect(name) ?? [])
        {
            found.Fail(unused, Fix.Note("correct the unit's drop-ins: systemctl cat kubelet"));
        }
    }

    /// <summary>The existing neighbour of the first missing component whose name is almost the same.</summary>
    private static string? Nearest(NodeFilesReader files, string missing)
    {
        // The components below a missing one are missing as well, so the first missing one has an existing parent.
        var directory = "";
        foreach (var part in missing.Split('/', StringSplitOptions.RemoveEmptyEntries))
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
