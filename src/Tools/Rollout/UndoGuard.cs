// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Makes the host undo an unconfirmed change: with a timer, and, because the timer does not survive a reboot, with a
/// unit that runs before the kubelet at the next boot. Neither needs this process, a pod or the network.
/// </summary>
internal sealed class UndoGuard(NodeFileWriter files, IServiceManager services)
{
    public const string TimerName = "crio-credential-provider-undo";
    public const string BootUnit = "crio-credential-provider-undo-at-boot.service";
    public const string BootUnitPath = "/etc/systemd/system/" + BootUnit;
    public const string BootLinkPath = "/etc/systemd/system/multi-user.target.wants/" + BootUnit;

    public async Task ArmAsync(ArmStep step)
    {
        var unit = Encoding.UTF8.GetBytes(
            $"""
            # Made by crio-credential-provider while a change is unconfirmed; the confirmation removes it.
            [Unit]
            Description=Undo of an unconfirmed change of the kubelet's credential provider
            Before={step.KubeletUnit}
            RequiresMountsFor={Path.GetDirectoryName(step.Program)} {StateFileWriter.UsualDirectory}

            [Service]
            Type=oneshot
            ExecStart={step.Program} undo --at-boot

            """
        );
        var label = files.Label(Path.GetDirectoryName(BootUnitPath)!);
        Place(BootUnitPath, FileState.File(unit, 0x1A4, label), () => new MemoryStream(unit)); // 0644
        if (files.Observe(Path.GetDirectoryName(BootLinkPath)!).IsAbsent)
        {
            files.Apply(Path.GetDirectoryName(BootLinkPath)!, FileState.Absent, FileState.Directory(label));
        }

        Place(BootLinkPath, FileState.Link(BootUnitPath, ""), () => Stream.Null);
        files.Changing("arm the timer");
        await services.ArmTimerAsync(TimerName, step.After, [step.Program, "undo"]);
    }

    /// <summary>May be called again, and if nothing was armed.</summary>
    public async Task DisarmAsync()
    {
        if (services.IsRunning)
        {
            files.Changing("disarm the timer");
            await services.StopAsync(TimerName + ".timer");
        }

        Place(BootLinkPath, FileState.Absent, () => Stream.Null);
        Place(BootUnitPath, FileState.Absent, () => Stream.Null);
        if (services.IsRunning)
        {
            // Otherwise systemd keeps the unit loaded without its file.
            files.Changing("reload");
            await services.ReloadAsync();
        }
    }

    private void Place(string path, FileState after, Func<Stream> content)
    {
        files.Settle(path);
        var now = files.Observe(path);
        if (
            now != after
            && !(now.Kind == FileStateKind.Link && after.Kind == FileStateKind.Link && now.Content == after.Content)
        )
        {
            files.Stage(path, now, after, content);
            files.Apply(path, now, after);
            files.Settle(path);
        }
    }
}
