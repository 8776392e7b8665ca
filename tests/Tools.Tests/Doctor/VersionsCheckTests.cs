using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class VersionsCheckTests : IDisposable
{
    private const string Gate = "KubeletServiceAccountTokenForCredentialProviders";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Versions_that_files_tell_and_that_are_new_enough_are_ok()
    {
        var answer = await node.CheckAsync("CP006");
        Assert.Equal(("ok", "kubelet and CRI-O are new enough"), (answer.Outcome, answer.Summary));
        Assert.Equal(
            ["kubelet 1.34.2 (package kubelet)", "CRI-O 1.35.1 (\"/var/run/crio/version\")", "API server 1.36.2; its kubelets are 1.33 to 1.36"],
            answer.Seen);
    }

    [Theory]
    [InlineData("1.32.9", "1.35.0", "", "fail", "kubelet 1.32.9 has no tokens for credential providers")]
    [InlineData("1.33.4", "1.35.0", "", "fail", "kubelet 1.33.4 has the feature gate KubeletServiceAccountTokenForCredentialProviders off")]
    [InlineData("1.33.4", "1.35.0", Gate + "=true", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.33.4", "1.35.0", "AllAlpha=true", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.33.4", "1.35.0", "AllBeta=true", "fail", "kubelet 1.33.4 has the feature gate KubeletServiceAccountTokenForCredentialProviders off")]
    [InlineData("1.34.0", "1.34.3", "AllBeta=false", "fail", "kubelet 1.34.0 has the feature gate KubeletServiceAccountTokenForCredentialProviders off: AllBeta=false")]
    [InlineData("1.36.2", "1.34.3", "AllBeta=false," + Gate + "=true", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.34.0", "1.34.3", "AllAlpha=false", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.34.0", "1.34.3", "", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.34.0", "1.34.3", Gate + "=false", "fail", "the feature gate KubeletServiceAccountTokenForCredentialProviders is set off")]
    [InlineData("1.34.0", "1.34.2", "", "fail", "CRI-O 1.34.2 does not look for auth files of a namespace")]
    [InlineData("1.34.0", "1.33.9", "", "fail", "CRI-O 1.33.9 does not look for auth files of a namespace")]
    [InlineData("2.0.0", "2.0.0", "", "ok", "kubelet and CRI-O are new enough")]
    public async Task Given_versions_are_judged(string kubelet, string crio, string gates, string outcome, string summary)
    {
        node.StartKubelet(with: gates.Length > 0 ? ["--feature-gates", gates] : null);
        var answer = await node.CheckAsync("CP006", $"--kubelet-version=Kubernetes v{kubelet}", "--crio-version", $"crio version {crio}");
        Assert.Equal((outcome, summary), (answer.Outcome, answer.Summary));
    }

    [Theory]
    [InlineData("config.yaml", "featureGates:\n  " + Gate + ": false\n", "", "fail")]
    [InlineData("config.yaml", "featureGates:\n  " + Gate + ": false\n", Gate + "=true", "ok")]
    [InlineData("config.d/90.conf", "featureGates: {" + Gate + ": false}\n", "", "fail")]
    [InlineData("config.d/90.yaml", "featureGates: {" + Gate + ": false}\n", "", "ok")]
    public async Task The_gate_is_read_from_the_kubelets_configuration_and_its_flags(string file, string text, string flag, string outcome)
    {
        node.Write("/var/lib/kubelet/" + file, text);
        node.StartKubelet(with: ["--config=/var/lib/kubelet/config.yaml", "--config-dir=/var/lib/kubelet/config.d", $"--feature-gates={flag}"]);
        Assert.Equal(outcome, (await node.CheckAsync("CP006")).Outcome);
    }

    [Fact]
    public async Task A_version_that_no_file_tells_is_skipped_and_never_ok()
    {
        node.Remove("/var/lib/dpkg/status");
        var answer = await node.CheckAsync("CP006");
        Assert.Equal(("skipped", "no file tells the version of the kubelet", 3), (answer.Outcome, answer.Summary, answer.ExitCode));
        Assert.Equal(["crio-credential-provider doctor --kubelet-version \"$(kubelet --version)\""], answer.Fix);

        node.Remove("/run/crio/version");
        Assert.Equal("no file tells the version of the kubelet and of CRI-O", (await node.CheckAsync("CP006")).Summary);
    }

    [Fact]
    public async Task A_package_that_is_removed_tells_nothing()
    {
        node.Edit("/var/lib/dpkg/status", "install ok installed", "deinstall ok config-files");
        Assert.Equal("no file tells the version of the kubelet", (await node.CheckAsync("CP006")).Summary);
    }

    [Fact]
    public async Task CRI_O_may_keep_its_version_elsewhere()
    {
        node.Write("/etc/crio/crio.conf.d/deep/10-version", "[crio]\nversion_file = \"/data/version\"\n");
        node.Write("/data/version", "\"1.34.1\"");
        Assert.Equal("CRI-O 1.34.1 does not look for auth files of a namespace", (await node.CheckAsync("CP006")).Summary);
    }

}
