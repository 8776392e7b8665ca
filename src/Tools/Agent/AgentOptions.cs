// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
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
        "where to serve /readyz and /metrics; :PORT or [::]:PORT for all addresses, 0.0.0.0:PORT for all IPv4 addresses"
    )
    {
        Check = value =>
            ParseListen(value) is not null
                ? null
                : "want an IP address and a port, such as \"127.0.0.1:9809\", \"[::1]:9809\" or \":9809\"",
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
        "identifies this attempt, for example the pod's UID; a change that was undone is retried only under another "
            + "name"
    );

    public static IPEndPoint ListenOn(CommandInput input) => ParseListen(input.Text(Listen.Flag) ?? UsualListen)!;

    public static TimeSpan CheckInterval(CommandInput input) =>
        input.Text(CheckEvery.Flag) is { } text && Interval(text, out var interval) is null
            ? interval
            : UsualCheckEvery;

    /// <summary>
    /// Parses the form of Go's net.Listen, as Kubernetes components do: an IPv6 address has brackets, and a port alone
    /// means all addresses of both families. IPEndPoint alone would also accept "127.1", and parse "::1" as an address
    /// without a port.
    /// </summary>
    /// <returns>Null if the value does not have this form.</returns>
    public static IPEndPoint? ParseListen(string value) =>
        IPEndPoint.TryParse(value.StartsWith(':') ? "[::]" + value : value, out var address)
        && address.Port > 0
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == value)
            ? address
            : null;

    private static string? Interval(string value, out TimeSpan interval) =>
        GoDuration.TryParse(value, out interval)
        && interval >= TimeSpan.FromSeconds(1)
        && interval <= TimeSpan.FromHours(1)
            ? null
            : "want a duration from 1s to 1h, such as \"5m\"";
}
