// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The options of the commands that change a node, and their valid values.</summary>
internal static class RolloutOptions
{
    public static readonly string[] Profiles = ["kubeadm", "openshift"];

    public static readonly CommandOption State = new(
        "state",
        "FILE",
        "none",
        "the wanted state as a YAML file; other options override it; - is stdin"
    )
    {
        IsPath = true,
    };

    public static readonly CommandOption Plan = new("plan", "", "off", "print the steps without changing anything");

    public static readonly CommandOption RestartKubelet = new(
        "restart-kubelet",
        "",
        "off",
        "restart the kubelet if the change needs it, watch it, and undo the change if it is unhealthy"
    );

    public static readonly CommandOption TakeOver = new(
        "take-over",
        "",
        "off",
        "change files that a package or another program manages, or that were edited; uninstall even if installed "
            + "files are not visible here"
    );

    public static readonly CommandOption BinDir = Path(
        "bin-dir",
        "DIR",
        OwnProvider.UsualBinDir,
        "the kubelet's directory of credential providers, where the program is installed"
    );

    public static readonly CommandOption Config = Path(
        "config",
        "PATH",
        OwnProvider.UsualConfigPath,
        "the kubelet's credential provider config, a file or a directory of files"
    );

    public static readonly CommandOption MatchImages = new(
        "match-images",
        "PATTERN",
        "what registries.conf mirrors",
        "images for which the kubelet runs this program; may be repeated"
    )
    {
        IsRepeatable = true,
    };

    public static readonly CommandOption Audience = new(
        "audience",
        "AUDIENCE",
        "the profile's",
        "the audience of the pods' tokens that the API server accepts"
    );

    public static readonly CommandOption Profile = new("profile", "kubeadm|openshift", "kubeadm", "the kind of cluster")
    {
        Choices = Profiles,
    };

    public static readonly CommandOption KubeletUnit = new(
        "kubelet-unit",
        "UNIT",
        "kubelet.service",
        "the kubelet's systemd unit"
    )
    {
        Check = UnitName,
    };

    public static readonly CommandOption Flags = new(
        "flags",
        "drop-in|none",
        "drop-in",
        "how the kubelet gets its two flags; none if the platform sets them"
    )
    {
        Choices = ["drop-in", "none"],
    };

    public static readonly CommandOption WatchFor = Duration(
        "watch-for",
        "60s",
        "how long a restarted kubelet is watched"
    );

    public static readonly CommandOption UndoAfter = Duration(
        "undo-after",
        "120s",
        "after what time the host undoes an unconfirmed change, even if this program has died"
    );

    public static readonly CommandOption AtBoot = new(
        "at-boot",
        "",
        "off",
        "the kubelet has not been started yet: do not restart it"
    );

    /// <summary>The options that describe the wanted state.</summary>
    public static readonly CommandOption[] Wanted =
    [
        State,
        BinDir,
        Config,
        MatchImages,
        Audience,
        Profile,
        KubeletUnit,
        Flags,
        WatchFor,
        UndoAfter,
    ];

    /// <summary>
    /// Allows only characters without a special meaning for systemd or a shell, so that paths never need quoting.
    /// </summary>
    public static string? NodePath(string value) =>
        value.Length > 1
        && value[0] == '/'
        && !value.Split('/').Any(part => part is "." or "..")
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or '@')
            ? null
            : "want an absolute path of letters, digits and /._-+@";

    public static string? UnitName(string value) =>
        value.EndsWith(".service", StringComparison.Ordinal)
        && value.Length > 8
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ':')
            ? null
            : "want the name of a service, such as \"kubelet.service\"";

    /// <returns>What a valid value looks like; null if this one is valid.</returns>
    public static string? Seconds(string value, out TimeSpan duration) =>
        GoDuration.TryParse(value, out duration)
        && duration >= TimeSpan.FromSeconds(1)
        && duration <= TimeSpan.FromMinutes(10)
            ? null
            : "want a duration from 1s to 10m, such as \"60s\"";

    /// <summary>Applies the options on top of a state that may come from a file.</summary>
    public static WantedState Over(WantedState state, CommandInput input) =>
        state with
        {
            BinDir = input.Text(BinDir.Flag)?.TrimEnd('/') ?? state.BinDir,
            ConfigPath = input.Text(Config.Flag)?.TrimEnd('/') ?? state.ConfigPath,
            MatchImages = input.Has(MatchImages.Flag) ? input.Texts(MatchImages.Flag) : state.MatchImages,
            Audience = input.Text(Audience.Flag) ?? state.Audience,
            Profile = input.Text(Profile.Flag) ?? state.Profile,
            KubeletUnit = input.Text(KubeletUnit.Flag) ?? state.KubeletUnit,
            SetsFlags = input.Text(Flags.Flag) is { } flags ? flags == "drop-in" : state.SetsFlags,
            WatchFor =
                input.Text(WatchFor.Flag) is { } watch && Seconds(watch, out var window) is null
                    ? window
                    : state.WatchFor,
            UndoAfter =
                input.Text(UndoAfter.Flag) is { } undo && Seconds(undo, out var after) is null
                    ? after
                    : state.UndoAfter,
        };

    private static CommandOption Path(string flag, string value, string otherwise, string summary) =>
        new(flag, value, otherwise, summary) { IsPath = true, Check = NodePath };

    private static CommandOption Duration(string flag, string otherwise, string summary) =>
        new(flag, "DURATION", otherwise, summary) { Check = value => Seconds(value, out _) };
}
