// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary><c>install</c> and <c>uninstall</c>.</summary>
internal static class InstallCommand
{
    public static readonly Command Row = new(
        "install",
        "install this program on the node, for the kubelet to run",
        """
        Brings the node to the wanted state: this program in the kubelet's directory of credential
        providers, the kubelet's credential provider config, a drop-in for its unit that sets two flags,
        and a timer that removes auth files that no pull picked up. Files that are already right are not
        touched. Other providers in the config are kept.

        Everything is checked first: with an invalid config or without a provider's binary the kubelet
        does not start. With --restart-kubelet the kubelet is restarted if the change needs it, and watched.
        If it is unhealthy, the old files are restored and it is restarted with them. systemd does the same
        if this program does not confirm the change in time, or if the node reboots before that.
        """
    )
    {
        Options =
        [
            .. RolloutOptions.Wanted,
            RolloutOptions.RestartKubelet,
            RolloutOptions.Plan,
            RolloutOptions.TakeOver,
            CommonOptions.Output,
        ],
        ExitCodes =
        [
            "0 the node is in the wanted state, or will be after a restart of the kubelet",
            "1 refused, nothing was changed; or undone, because the kubelet was unhealthy",
            "3 the node could not be examined",
        ],
        Examples =
        [
            "crio-credential-provider install --plan",
            "crio-credential-provider install --restart-kubelet",
            "crio-credential-provider install --state wanted.yaml --restart-kubelet --output json",
        ],
        Run = (input, node) => RunAsync(input, node, Row!, isPresent: true),
    };

    public static readonly Command UninstallRow = new(
        "uninstall",
        "restore the node to its state before install",
        """
        Restores what install found: the kubelet's configuration first, this program last, so that a
        kubelet can start at any time. If the provider config was edited since, only this
        program's entry is removed from it. Without --restart-kubelet a running kubelet keeps using the
        old configuration, so this program stays until the kubelet has been restarted and uninstall is
        run again.
        """
    )
    {
        Options =
        [
            .. RolloutOptions.Wanted,
            RolloutOptions.RestartKubelet,
            RolloutOptions.Plan,
            RolloutOptions.TakeOver,
            CommonOptions.Output,
        ],
        ExitCodes = Row.ExitCodes,
        Examples = ["crio-credential-provider uninstall --restart-kubelet"],
        Run = (input, node) => RunAsync(input, node, UninstallRow!, isPresent: false),
    };

    /// <summary>The wanted state from the command line.</summary>
    /// <exception cref="ProviderException">The file cannot be used.</exception>
    public static WantedState WantedBy(CommandInput input, Node node)
    {
        var wanted = new WantedState();
        if (input.Text(RolloutOptions.State.Flag) is { } path)
        {
            wanted = WantedStateParser.Parse(InputReader.Name(path), InputReader.ReadText(path, node), wanted);
        }

        return RolloutOptions.Over(wanted, input);
    }

    /// <summary>The wanted state of an uninstall, with the units and paths of the installation.</summary>
    public static WantedState Absent(WantedState wanted, RolloutState state)
    {
        var target = state.As ?? state.Change?.Target;
        return target is null
            ? wanted with
            {
                IsPresent = false,
            }
            : wanted with
            {
                IsPresent = false,
                BinDir = target.BinDir,
                ConfigPath = target.ConfigPath,
                KubeletUnit = target.KubeletUnit,
                SetsFlags = target.SetsFlags,
            };
    }

    private static async Task<int> RunAsync(CommandInput input, Node node, Command command, bool isPresent)
    {
        if (!RolloutSession.IsRoot)
        {
            throw new ProviderException(
                Reasons.ChangeRefused,
                $"{command.Name} needs root: it reads and changes the kubelet's files",
                "run it as root"
            );
        }

        var wanted = WantedBy(input, node);
        using var session = await RolloutSession.OpenAsync(node);
        var mayRestart = input.Has(RolloutOptions.RestartKubelet.Flag);
        if (mayRestart && session.Services is NoServiceManager { Why: var why })
        {
            throw new ProviderException(
                Reasons.ChangeRefused,
                $"cannot restart the kubelet: {why}",
                "omit --restart-kubelet, and restart the kubelet yourself"
            );
        }

        wanted = isPresent && wanted.IsPresent ? wanted : Absent(wanted, session.Store.Load());
        var options = new EngineOptions(
            command.Name,
            mayRestart,
            input.Has(RolloutOptions.TakeOver.Flag),
            input.Has(RolloutOptions.Plan.Flag)
        );
        EngineResult result;
        try
        {
            result = await session.Engine.BringAsync(wanted, options);
        }
        catch (FactUnknownException e)
        {
            throw new ProviderException(Reasons.InputUnusable, e.Message, "correct it, and run this again", e);
        }

        return input.Text(CommonOptions.Output.Flag) == "json"
            ? node.Print(EngineReport.Json(command.Name, result), ExitCodeOf(result))
            : EngineReport.Print(node, wanted, result, ExitCodeOf(result));
    }

    private static int ExitCodeOf(EngineResult result) =>
        result.IsGood && !(result.End == EngineEnd.Planned && result.Refusals.Count > 0)
            ? ExitCode.Fine
            : ExitCode.Finding;
}
