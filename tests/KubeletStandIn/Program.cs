// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace CrioCredentialProvider.KubeletStandIn;

/// <summary>
/// Replaces the kubelet in a test node. It applies the kubelet's rules for its credential provider flags, exits with 1
/// where the kubelet does (kubernetes pkg/kubelet/kuberuntime kuberuntime_manager.go), and responds on the health port.
/// <see cref="Behaviour"/> configures everything else.
/// </summary>
internal static class Program
{
    private static readonly string[] KnownFlags =
    [
        "--bootstrap-kubeconfig",
        "--config",
        "--container-runtime-endpoint",
        "--hostname-override",
        "--image-credential-provider-bin-dir",
        "--image-credential-provider-config",
        "--kubeconfig",
        "--node-ip",
        "--pod-infra-container-image",
        "--root-dir",
        "--v",
    ];

    public static async Task<int> Main(string[] args)
    {
        if (Flags(args, out var flags) is { } unknown)
        {
            return Fail($"failed to parse kubelet flag: unknown flag: {unknown}");
        }

        var config = flags.GetValueOrDefault("--image-credential-provider-config");
        var binDir = flags.GetValueOrDefault("--image-credential-provider-bin-dir");
        if ((config is null) != (binDir is null))
        {
            return Fail("credential provider config and bin dir must both be set or both be empty");
        }

        if (config is not null && ProviderConfig.Problem(config, binDir!) is { } problem)
        {
            return Fail($"Failed to register CRI auth plugins: {problem}");
        }

        var behaviour = Behaviour.Read(config);
        if (behaviour.ExitsAtStart)
        {
            return Fail("told to exit at its start");
        }

        using var stop = new CancellationTokenSource();
        using var onStop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            if (!behaviour.IgnoresSigterm)
            {
                stop.Cancel();
            }
        });
        if (behaviour.CrashAfter is { } time)
        {
            stop.CancelAfter(time);
        }

        var port = HealthPort(flags.GetValueOrDefault("--config"));
        Console.Error.WriteLine($"I stand-in kubelet started, health port {port}");
        await ServeAsync(port, behaviour.Hangs, stop.Token);
        return behaviour.CrashAfter is null ? 0 : Fail("told to crash");
    }

    /// <returns>The first flag that the kubelet does not know; null if it knows all of them.</returns>
    private static string? Flags(string[] args, out Dictionary<string, string> flags)
    {
        flags = [];
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (!KnownFlags.Contains(name))
            {
                return name;
            }

            flags[name] = value ?? (++i < args.Length ? args[i] : "");
        }

        return null;
    }

    private static int HealthPort(string? config) =>
        config is not null
        && File.Exists(config)
        && File.ReadLines(config).FirstOrDefault(line => line.StartsWith("healthzPort:", StringComparison.Ordinal))
            is { } line
            ? int.Parse(line["healthzPort:".Length..], System.Globalization.CultureInfo.InvariantCulture)
            : 10248;

    private static async Task ServeAsync(int port, bool hangs, CancellationToken stop)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop);
                if (hangs)
                {
                    await Task.Delay(Timeout.Infinite, stop);
                }

                var stream = client.GetStream();
                var request = new byte[4096];
                var count = await stream.ReadAsync(request, stop);
                var isHealth = Encoding
                    .ASCII.GetString(request, 0, count)
                    .StartsWith("GET /healthz ", StringComparison.Ordinal);
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes(
                        isHealth
                            ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                            : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    ),
                    stop
                );
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by a signal, or by the configured crash.
        }
    }

    private static int Fail(string problem)
    {
        Console.Error.WriteLine($"E stand-in kubelet: {problem}");
        return 1;
    }
}
