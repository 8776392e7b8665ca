// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Queries the kubelet's own health port, as liveness probes do (kubernetes cmd/kubelet/app/server.go).
/// </summary>
internal sealed class KubeletHealthClient : IDisposable
{
    private const int UsualPort = 10248;

    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(2),
    };

    /// <param name="files">The node's files, to read the kubelet's configuration.</param>
    /// <param name="commandLine">The running kubelet's command line; empty if unknown.</param>
    /// <returns>Null if the port responds ok; otherwise what is wrong, as the rest of a sentence.</returns>
    public async Task<string?> AskAsync(NodeFilesReader files, IReadOnlyList<string> commandLine)
    {
        var (address, port) = Address(files, commandLine);
        if (port == 0)
        {
            // The port is disabled, so only the other checks apply.
            return null;
        }

        try
        {
            using var answer = await client.GetAsync(new Uri($"http://{address}:{port}/healthz"));
            return answer.IsSuccessStatusCode ? null : $"responds with {(int)answer.StatusCode}";
        }
        catch (HttpRequestException)
        {
            return $"{port} does not respond";
        }
        catch (OperationCanceledException)
        {
            return $"{port} does not respond in time";
        }
    }

    public void Dispose() => client.Dispose();

    private static (string Address, int Port) Address(NodeFilesReader files, IReadOnlyList<string> commandLine)
    {
        var address = KubeletArgumentsReader.Flag(commandLine, "--healthz-bind-address");
        var port = KubeletArgumentsReader.Flag(commandLine, "--healthz-port");
        var path = KubeletArgumentsReader.Flag(commandLine, "--config") ?? "/var/lib/kubelet/config.yaml";
        if ((address is null || port is null) && files.ReadText(path) is { } text && Root(text) is { } root)
        {
            address ??= root.FindText("healthzBindAddress");
            port ??= root.FindText("healthzPort");
        }

        address = address is null or "" or "0.0.0.0" or "::" ? "127.0.0.1" : address;
        return (
            address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address,
            int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : UsualPort
        );
    }

    private static YamlMapping? Root(string text)
    {
        try
        {
            return YamlTree.Parse(text) is [YamlMapping root, ..] ? root : null;
        }
        catch (YamlTreeException)
        {
            // The running kubelet parsed this file; if it is invalid now, it was changed since.
            return null;
        }
    }
}
