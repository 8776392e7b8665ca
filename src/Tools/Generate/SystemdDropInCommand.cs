// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary><c>generate systemd-drop-in</c>: a drop-in that sets the kubelet's two flags.</summary>
internal static class SystemdDropInCommand
{
    private static readonly CommandOption Config = GenerateOptions.Config(OwnProvider.UsualConfigPath);

    public static readonly Command Row = new(
        "systemd-drop-in",
        "the kubelet's flags, as a drop-in of its unit",
        """
        Prints a drop-in for kubelet.service that adds the two flags by a variable of its own, so that
        KUBELET_EXTRA_ARGS and everybody's flags in it stay. systemd cannot append to ExecStart: the
        kubelet's line is repeated, kubeadm's or the one of --exec-start. OpenShift's unit reads a
        variable for these flags, which is set there instead.
        """
    )
    {
        Options =
        [
            GenerateOptions.Profile,
            Config,
            GenerateOptions.BinDir,
            GenerateOptions.ExecStart,
            .. GeneratedOutput.Options,
        ],
        ExitCodes = ["0 printed", "3 the file cannot be written"],
        Examples =
        [
            "crio-credential-provider generate systemd-drop-in -o "
                + "/etc/systemd/system/kubelet.service.d/"
                + DropIn.FileName,
        ],
        Run = GeneratedOutput.Of(
            (input, _) =>
                DropIn.Text(
                    Profile.Of(input, Profile.Kubeadm),
                    input.Text(GenerateOptions.ExecStart.Flag),
                    input.Text(Config.Flag) ?? OwnProvider.UsualConfigPath,
                    input.Text(GenerateOptions.BinDir.Flag) ?? OwnProvider.UsualBinDir
                )
        ),
    };
}
