// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>The options that only <c>agent</c> has.</summary>
internal static class AgentOptions
{
    private const string UsualListen = "127.0.0.1:9809";

    /// <summary>How often the agent looks for drift.</summary>
    public static readonly TimeSpan UsualCheckEvery = TimeSpan.FromMinutes(5);

    public static readonly CommandOption Listen = new(
        "listen",
        "ADDRESS:PORT",
        UsualListen,
        "where /readyz and /metrics are served; 0.0.0.0 is every IPv4 address"
    )
    {
        Check = value =>
            IPEndPoint.TryParse(value, out var address)
            && address.Port > 0
            && !address.Address.Equals(IPAddress.IPv6Any)
                ? null
                : "want an IP address and a port, such as \"127.0.0.1:9809\" or \"[::1]:9809\"",
    };

    public static readonly CommandOption CheckEvery = new(
        "check-every",
        "DURATION",
        "5m",
        "how often to compare the node with the wanted state"
    )
    {
        Check = value => Interval(value, out _),
    };

    public static readonly CommandOption Attempt = new(
        "attempt",
        "NAME",
        "none",
        "a change that was undone is tried again when this is another one, such as the pod's UID"
    );

    public static IPEndPoint ListenOn(CommandInput input) => IPEndPoint.Parse(input.Text(Listen.Flag) ?? UsualListen);

    public static TimeSpan CheckInterval(CommandInput input) =>
        input.Text(CheckEvery.Flag) is { } text && Interval(text, out var interval) is null
            ? interval
            : UsualCheckEvery;

    private static string? Interval(string value, out TimeSpan interval) =>
        GoDuration.TryParse(value, out interval)
        && interval >= TimeSpan.FromSeconds(1)
        && interval <= TimeSpan.FromHours(1)
            ? null
            : "want a duration from 1s to 1h, such as \"5m\"";
}
