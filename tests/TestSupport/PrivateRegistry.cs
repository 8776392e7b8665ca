// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// A real docker-registry with htpasswd (myuser, mypassword), which contains hub/library/nginx:latest.
/// </summary>
public sealed class PrivateRegistry : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-registry-").FullName;
    private readonly Process server;

    public PrivateRegistry()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        File.WriteAllText(At("htpasswd"), Execute("htpasswd", "-Bbn", "myuser", "mypassword").Output);
        File.WriteAllText(
            At("registry.yml"),
            $$"""
            version: 0.1
            log: {level: error}
            storage:
              filesystem:
                rootdirectory: {{folder}}/data
            auth:
              htpasswd:
                realm: test
                path: {{folder}}/htpasswd
            http: {addr: "127.0.0.1:{{Port}}"}
            """
        );
        server = Process.Start(
            new ProcessStartInfo("docker-registry", ["serve", At("registry.yml")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        WaitUntilListening();
        Require(Execute(Path.Combine(Repository.Root, "scripts/make-image"), At("image")));
        Require(
            Execute(
                "skopeo",
                "--insecure-policy",
                "copy",
                "-q",
                "--dest-tls-verify=false",
                "--dest-creds=myuser:mypassword",
                $"oci:{At("image")}:latest",
                $"docker://localhost:{Port}/hub/library/nginx:latest"
            )
        );
    }

    public int Port { get; }

    /// <summary>
    /// Pulls upstream.invalid/library/nginx, which only this registry has, as CRI-O would with this auth file.
    /// </summary>
    public (int ExitCode, string Output) Pull(string authFile)
    {
        File.WriteAllText(
            At("registries.conf"),
            $"[[registry]]\nlocation='upstream.invalid'\nblocked=true\n[[registry.mirror]]\nlocation='localhost:{Port}/hub'\ninsecure=true\n"
        );
        File.WriteAllText(At("auth.json"), authFile);
        return Execute(
            "skopeo",
            "--insecure-policy",
            "--registries-conf",
            At("registries.conf"),
            "copy",
            "-q",
            "--authfile",
            At("auth.json"),
            "docker://upstream.invalid/library/nginx:latest",
            $"dir:{At("pulled-" + Guid.NewGuid().ToString("N"))}"
        );
    }

    public void Dispose()
    {
        server.Kill();
        server.WaitForExit();
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string At(string name) => Path.Combine(folder, name);

    private void WaitUntilListening()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static void Require((int ExitCode, string Output) result) =>
        Assert.True(result.ExitCode == 0, result.Output);

    private static (int ExitCode, string Output) Execute(string command, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
