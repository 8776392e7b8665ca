// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests;

/// <summary>The agent's server, in a root that contains the program, /proc and nothing else.</summary>
public sealed class AgentContractTests : IDisposable
{
    /// <summary>Prints the answers to two GETs, and the agent's exit code after SIGTERM.</summary>
    private const string Script = """
        set -eu
        folder=$1 binary=$2 listen=$3 address=$4
        PATH=$PATH:/usr/sbin:/sbin
        ip link set lo up
        mkdir "$folder/proc"
        touch "$folder/program"
        mount --rbind /proc "$folder/proc"
        mount --bind "$binary" "$folder/program"
        chroot "$folder" /program agent --match-images docker.io --listen "$listen" &
        get() {
            exec 3<>"/dev/tcp/$address/9809" && printf 'GET %s HTTP/1.1\r\nHost: x\r\n\r\n' "$1" >&3 && cat <&3
        }
        for _ in $(seq 200); do
            kill -0 $! || break
            answer=$(get /readyz 2>/dev/null) || :
            case $answer in *"systemd does not respond"*) break ;; esac
            sleep 0.1
        done
        printf '%s\n' "$answer"
        get /metrics
        kill -TERM $!
        code=0
        wait $! || code=$?
        echo "exit code $code"
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(":9809", "::1")]
    [InlineData(":9809", "127.0.0.1")]
    [InlineData("[::]:9809", "127.0.0.1")]
    [InlineData("[::1]:9809", "::1")]
    [InlineData("0.0.0.0:9809", "127.0.0.1")]
    public void It_listens_on_the_given_address_and_needs_no_device(string listen, string address)
    {
        var run = PublishedBinary.RunIn(
            "/usr/bin/unshare",
            [],
            [("PATH", "/usr/bin:/bin")],
            ["-rmn", "bash", "-c", Script, "node", folder, PublishedBinary.FilePath, listen, address]
        );
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("\nnot ready: systemd does not respond (", run.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            "\ncrio_credential_provider_rollout_result{result=\"failed\"} 1\n",
            run.Stdout,
            StringComparison.Ordinal
        );
        Assert.EndsWith("\nexit code 0\n", run.Stdout, StringComparison.Ordinal);
    }
}
