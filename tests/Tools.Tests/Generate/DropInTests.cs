// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.Tests.Generate;

public sealed class DropInTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_flags_are_appended_by_a_variable_of_their_own() =>
        Assert.Equal(
            """
            # For /etc/systemd/system/kubelet.service.d/40-crio-credential-provider.conf. The kubelet does not start without
            # the binary or with an invalid config, so check both:
            # crio-credential-provider doctor --check CP001,CP003 --image-credential-provider-config=/etc/kubernetes/credential-providers/config.yaml --image-credential-provider-bin-dir=/usr/libexec/kubelet-image-credential-provider-plugins
            # Then run: systemctl daemon-reload && systemctl restart kubelet
            # ExecStart must be your kubelet's own line (systemctl cat kubelet) with $CRIO_CREDENTIAL_PROVIDER_FLAGS at its end.
            [Service]
            Environment="CRIO_CREDENTIAL_PROVIDER_FLAGS=--image-credential-provider-config=/etc/kubernetes/credential-providers/config.yaml --image-credential-provider-bin-dir=/usr/libexec/kubelet-image-credential-provider-plugins"
            ExecStart=
            ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS $CRIO_CREDENTIAL_PROVIDER_FLAGS

            """,
            await InProcess.PrintAsync("generate", "systemd-drop-in")
        );

    [Fact]
    public async Task On_OpenShift_the_variable_is_the_one_that_the_unit_reads() =>
        Assert.EndsWith(
            """
            [Service]
            Environment="KUBELET_CRIO_IMAGE_CREDENTIAL_PROVIDER_FLAGS=--image-credential-provider-config=/etc/c.yaml --image-credential-provider-bin-dir=/opt/bin"

            """,
            await InProcess.PrintAsync(
                "generate",
                "systemd-drop-in",
                "--profile",
                "openshift",
                "--config",
                "/etc/c.yaml",
                "--bin-dir",
                "/opt/bin"
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("")]
    [InlineData("--profile openshift")]
    [InlineData("--exec-start /usr/bin/true")]
    [InlineData("--profile openshift --exec-start /usr/bin/true")]
    public async Task Nobody_elses_variable_is_set(string options)
    {
        var text = await InProcess.PrintAsync([
            "generate",
            "systemd-drop-in",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);
        var set = Assert.Single(text.Split('\n'), line => line.StartsWith("Environment", StringComparison.Ordinal));
        Assert.Matches(
            "^Environment=\"(CRIO_CREDENTIAL_PROVIDER_FLAGS|KUBELET_CRIO_IMAGE_CREDENTIAL_PROVIDER_FLAGS)=--",
            set
        );
        Assert.DoesNotContain("KUBELET_EXTRA_ARGS=", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--profile", "kubeadm")]
    [InlineData("--profile", "openshift")]
    [InlineData("--profile", "hypershift")]
    public async Task Systemd_reads_it_without_a_word(params string[] options)
    {
        // The real unit's line names programs and variables that this machine has not.
        Write(
            "kubelet.service",
            "[Unit]\nDescription=kubelet\n[Service]\nExecStart=/usr/bin/true "
                + "$KUBELET_CRIO_IMAGE_CREDENTIAL_PROVIDER_FLAGS\n"
        );
        var dropIn = await InProcess.PrintAsync([
            "generate",
            "systemd-drop-in",
            "--exec-start",
            "/usr/bin/true $KUBELET_EXTRA_ARGS",
            .. options,
        ]);
        Write("kubelet.service.d/" + DropIn.FileName, dropIn);
        Assert.Equal(new CommandResult(0, "", ""), Verify());

        Write(
            "kubelet.service.d/" + DropIn.FileName,
            dropIn.Replace("Environment=", "Enviroment=", StringComparison.Ordinal)
        );
        Assert.Contains("Unknown key", Verify().Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--config", "config.yaml", "want an absolute path of letters, digits and /._-+@")]
    [InlineData("--config", "/etc/a b", "want an absolute path of letters, digits and /._-+@")]
    [InlineData("--bin-dir", "/opt/%n", "want an absolute path of letters, digits and /._-+@")]
    [InlineData("--bin-dir", "/opt/$HOME", "want an absolute path of letters, digits and /._-+@")]
    [InlineData("--bin-dir", "/opt/\"", "want an absolute path of letters, digits and /._-+@")]
    [InlineData("--exec-start", "kubelet", "want one line that begins with the kubelet's absolute path")]
    [InlineData(
        "--exec-start",
        "/usr/bin/kubelet\nExecStartPost=/bin/x",
        "want one line that begins with the kubelet's absolute path"
    )]
    [InlineData("--exec-start", "/usr/bin/kubelet \\", "want one line that begins with the kubelet's absolute path")]
    [InlineData(
        "--exec-start",
        "/usr/bin/kubelet\u2028ExecStartPost=/bin/x",
        "want one line that begins with the kubelet's absolute path"
    )]
    public async Task What_would_need_quoting_or_be_another_line_is_refused(string flag, string value, string wanted)
    {
        var shown = value.Replace('\n', '?').Replace('\u2028', '?');
        Assert.Equal(
            CommandResult.Misused("generate systemd-drop-in", $"bad value \"{shown}\" of flag {flag}: {wanted}"),
            await InProcess.RunAsync("", "generate", "systemd-drop-in", flag, value)
        );
    }

    private CommandResult Verify() =>
        InProcess.Execute("env", $"SYSTEMD_UNIT_PATH={folder}:", "systemd-analyze", "verify", "kubelet.service");

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
        File.WriteAllText(Path.Combine(folder, name), text);
    }
}
