// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP013: a successful run logs to the journal only. Reading the journal's files requires journald's own library, so
/// the modification time of the auth directory shows when the last file was created or removed.
/// </summary>
internal static class JournalCheck
{
    public static readonly Check Row = new("CP013", "journal and last runs", Run);

    private static CheckResult Run(NodeView view)
    {
        const string Look = "journalctl -t crio-credential-provider -n 20";
        var found = new Findings();
        var path = view.Settings.JournalSocket;
        switch (view.Files.Find(path))
        {
            case null:
                found.Warn(
                    $"journald's socket \"{path}\" does not exist: a run logs nothing except a failure in the "
                        + "kubelet's log",
                    Fix.Run($"systemctl status systemd-journald")
                );
                break;
            case { Kind: FileKind.Socket }:
                found.Note($"what the runs logged: {Look}");
                break;
            case { }:
                found.Warn(
                    $"\"{path}\" is not a socket: runs log nothing",
                    Fix.Note("correct --journal-socket in args of the provider config")
                );
                break;
        }

        var directory = view.Settings.AuthDir.TrimEnd('/');
        if (view.Files.Find(directory) is { Kind: FileKind.Directory } auth)
        {
            found.Note($"an auth file was last written or taken {auth.Modified:u}");
        }

        if (view.Files.Find($"{directory}/{AuthFileName.InUse}") is { Kind: FileKind.Directory } inUse)
        {
            found.Note($"CRI-O last began or ended a pull with one {inUse.Modified:u}");
        }

        return found.ToResult($"\"{path}\" exists");
    }
}
