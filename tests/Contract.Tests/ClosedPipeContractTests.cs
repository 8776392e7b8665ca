// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>A reader that has seen enough, such as <c>head</c>, is no error of a command for people.</summary>
public sealed class ClosedPipeContractTests
{
    /// <summary>The exit code that the command has without the pipe.</summary>
    [Theory]
    [InlineData("--help", 0)]
    [InlineData("version", 0)]
    [InlineData("generate man", 0)]
    [InlineData("completion bash", 0)]
    [InlineData("generate rbac --namespace team-a", 0)]
    [InlineData("generate systemd-drop-in", 0)]
    [InlineData("doctor --root /usr/share", 3)]
    [InlineData("explain nginx --registries-conf deploy/examples/registries.conf", 0)]
    [InlineData("explain quay.io/x/y --registries-conf deploy/examples/registries.conf", 1)]
    public void Nothing_is_said_and_the_exit_code_is_the_same(string words, int exitCode) =>
        Assert.Equal(new RunResult(0, "", $"exit code {exitCode}\n"), RunIntoClosedPipe(words));

    /// <summary>The kubelet has to get the answer.</summary>
    [Fact]
    public void An_answer_that_the_kubelet_does_not_read_is_a_failure()
    {
        var run = RunIntoClosedPipe(
            "--journal-socket=/none < <(printf "
                + "'{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\",\"image\":\"quay.io/x/y\"}')"
        );
        Assert.Contains("[CP701]\nexit code 1\n", run.Stderr, StringComparison.Ordinal);
    }

    /// <summary>The reader is gone before the first byte is written.</summary>
    private static RunResult RunIntoClosedPipe(string words) =>
        PublishedBinary.RunIn(
            "/bin/bash",
            [],
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("HOME", "/nonexistent")],
            [
                "-c",
                $"cd '{Repository.Root}'; {{ sleep 0.1; '{PublishedBinary.FilePath}' {words}; echo \"exit code $?\" "
                    + ">&2; } | true",
            ]
        );
}
