using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP013: the journal is the only place where a run that succeeded leaves words. What it says is journald's to read; the
/// auth directory shows when a file last came or went.
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
                found.Warn($"journald's socket \"{path}\" does not exist: runs leave no trace but a failure's line in the kubelet's log", "systemctl status systemd-journald");
                break;
            case { Kind: FileKind.Socket }:
                found.See($"what the runs said: {Look}");
                break;
            case { }:
                found.Warn($"\"{path}\" is no socket: runs leave no trace", "correct --journal-socket in args of the provider config");
                break;
        }

        var directory = view.Settings.AuthDir.TrimEnd('/');
        if (view.Files.Find(directory) is { Kind: FileKind.Directory } auth)
        {
            found.See($"an auth file was last written or taken {auth.Modified:u}");
        }

        if (view.Files.Find($"{directory}/{LeftoverRemover.InUse}") is { Kind: FileKind.Directory } inUse)
        {
            found.See($"CRI-O last began or ended a pull with one {inUse.Modified:u}");
        }

        return found.ToResult($"\"{path}\" is there");
    }
}
