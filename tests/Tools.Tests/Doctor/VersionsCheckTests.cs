// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class VersionsCheckTests : IDisposable
{
    private const string Gate = "KubeletServiceAccountTokenForCredentialProviders";
    private readonly NodeTree node = new();

    public void Dispose() => node.Dispose();

    [Fact]
    public async Task Versions_that_files_contain_and_that_are_new_enough_are_ok()
    {
        var answer = await node.CheckAsync("CP006");
        Assert.Equal(("ok", "kubelet and CRI-O are new enough"), (answer.Outcome, answer.Summary));
        Assert.Equal(
            [
                "kubelet 1.34.2 (package kubelet)",
                "CRI-O 1.35.1 (\"/var/run/crio/version\")",
                "any pod of the node may start an image that is present: KubeletEnsureSecretPulledImages is off in the "
                    + "kubelet",
                "API server 1.36.2; its kubelets are 1.33 to 1.36",
                $"crio-credential-provider {BuildInfo.Version}, {BuildInfo.Linkage}: {BuildInfo.Libraries}",
            ],
            answer.Seen
        );
    }

    [Theory]
    [InlineData(
        "1.32.9",
        "1.35.0",
        "",
        "fail",
        "kubelet 1.32.9 has no tokens for credential providers, and does not start with tokenAttributes"
    )]
    [InlineData(
        "1.33.4",
        "1.35.0",
        "",
        "fail",
        "kubelet 1.33.4 has the feature gate KubeletServiceAccountTokenForCredentialProviders off"
    )]
    [InlineData("1.33.4", "1.35.0", Gate + "=true", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.33.4", "1.35.0", "AllAlpha=true", "ok", "kubelet and CRI-O are new enough")]
    [InlineData(
        "1.33.4",
        "1.35.0",
        "AllBeta=true",
        "fail",
        "kubelet 1.33.4 has the feature gate KubeletServiceAccountTokenForCredentialProviders off"
    )]
    [InlineData(
        "1.34.0",
        "1.34.3",
        "AllBeta=false",
        "fail",
        "kubelet 1.34.0 has the feature gate KubeletServiceAccountTokenForCredentialProviders off: AllBeta=false"
    )]
    [InlineData("1.36.2", "1.34.3", "AllBeta=false," + Gate + "=true", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.34.0", "1.34.3", "AllAlpha=false", "ok", "kubelet and CRI-O are new enough")]
    [InlineData("1.34.0", "1.34.3", "", "ok", "kubelet and CRI-O are new enough")]
    [InlineData(
        "1.34.0",
        "1.34.3",
        Gate + "=false",
        "fail",
        "the feature gate KubeletServiceAccountTokenForCredentialProviders is off"
    )]
    [InlineData("1.34.0", "1.34.2", "", "fail", "CRI-O 1.34.2 does not look for auth files of a namespace")]
    [InlineData("1.34.0", "1.33.9", "", "fail", "CRI-O 1.33.9 does not look for auth files of a namespace")]
    [InlineData("2.0.0", "2.0.0", "", "ok", "kubelet and CRI-O are new enough")]
    public async Task Given_versions_are_judged(
        string kubelet,
        string crio,
        string gates,
        string outcome,
        string summary
    )
    {
        node.StartKubelet(with: gates.Length > 0 ? ["--feature-gates", gates] : null);
        var answer = await node.CheckAsync(
            "CP006",
            $"--kubelet-version=Kubernetes v{kubelet}",
            "--crio-version",
            $"crio version {crio}"
        );
        Assert.Equal((outcome, summary), (answer.Outcome, answer.Summary));
    }

    [Theory]
    [InlineData("config.yaml", "featureGates:\n  " + Gate + ": false\n", "", "fail")]
    [InlineData("config.yaml", "featureGates:\n  " + Gate + ": false\n", Gate + "=true", "ok")]
    [InlineData("config.d/90.conf", "featureGates: {" + Gate + ": false}\n", "", "fail")]
    [InlineData("config.d/90.yaml", "featureGates: {" + Gate + ": false}\n", "", "ok")]
    public async Task The_gate_is_read_from_the_kubelets_configuration_and_its_flags(
        string file,
        string text,
        string flag,
        string outcome
    )
    {
        node.Write("/var/lib/kubelet/" + file, text);
        node.StartKubelet(
            with:
            [
                "--config=/var/lib/kubelet/config.yaml",
                "--config-dir=/var/lib/kubelet/config.d",
                $"--feature-gates={flag}",
            ]
        );
        Assert.Equal(outcome, (await node.CheckAsync("CP006")).Outcome);
    }

    [Fact]
    public async Task A_version_that_no_file_contains_is_skipped_and_never_ok()
    {
        node.Remove("/var/lib/dpkg/status");
        var answer = await node.CheckAsync("CP006");
        Assert.Equal(
            ("skipped", "the version of the kubelet could not be determined", 3),
            (answer.Outcome, answer.Summary, answer.ExitCode)
        );
        Assert.Equal(["crio-credential-provider doctor --kubelet-version \"$(kubelet --version)\""], answer.Fix);

        node.Remove("/run/crio/version");
        Assert.Equal(
            "the version of the kubelet and of CRI-O could not be determined",
            (await node.CheckAsync("CP006")).Summary
        );
    }

    [Theory]
    [InlineData(16, "1.36.2", true)]
    [InlineData(32, "1.36.2", true)]
    [InlineData(16, "1.36.2", false)]
    public async Task The_kubelets_binary_has_its_version(int slot, string version, bool isTwice)
    {
        var text = System.Text.Encoding.ASCII.GetBytes("v" + version);
        byte[] one = [.. text, .. new byte[slot - text.Length]];
        node.Write("/usr/bin/kubelet", "", 0x1ED);
        File.WriteAllBytes(
            node.Here("/usr/bin/kubelet"),
            [
                .. new byte[1_048_570],
                .. "dep\tx\tv1.2.3\n\0v1.21.2\0"u8,
                1,
                0,
                .. one,
                .. isTwice ? one : [],
                7,
                .. new byte[99],
            ]
        );
        File.CreateSymbolicLink(node.Here("/proc/1000/exe"), "/usr/bin/kubelet");
        Assert.Contains(
            isTwice ? $"kubelet {version} (\"/usr/bin/kubelet\")" : "kubelet 1.34.2 (package kubelet)",
            (await node.CheckAsync("CP006")).Seen
        );
    }

    /// <summary>A program of Kubernetes that somebody built, if this machine has one.</summary>
    [Fact]
    public void The_version_of_a_real_program_is_what_it_prints()
    {
        const string Kubectl = "/usr/bin/kubectl";
        Assert.SkipUnless(File.Exists(Kubectl), "there is no kubectl here");
        var printed = Generate.InProcess.Execute(Kubectl, "version", "--client").Stdout;
        Assert.Contains(
            GoBinaryReader.KubernetesVersion(new NodeFilesReader("/"), Kubectl)!,
            printed,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("kubelet\u00001.34.5\u0000150500.1\0", "kubelet 1.34.5 (RPM package kubelet)")]
    [InlineData("kubelet\u00001.34.5\u00001\0x\0kubelet\u00001.33.0\u00001\0", null)]
    [InlineData("kubelet\0The kubelet\0", null)]
    public async Task An_RPM_database_has_the_version_unless_it_keeps_an_older_one(string header, string? fact)
    {
        node.Remove("/var/lib/dpkg/status");
        node.Write("/usr/lib/sysimage/rpm/rpmdb.sqlite", "SQLite format 3\0" + new string('x', 4000) + "C\0" + header);
        var answer = await node.CheckAsync("CP006");
        Assert.Equal(fact is null ? "skipped" : "ok", answer.Outcome);
        Assert.Equal(fact is not null, answer.Seen.Contains(fact));
    }

    [Theory]
    [InlineData(
        "1.35.0",
        "1.36.0",
        "",
        "pods of other namespaces must pull an image again: KubeletEnsureSecretPulledImages is on, and CRI-O returns "
            + "image IDs"
    )]
    [InlineData(
        "1.36.2",
        "1.35.2",
        "",
        "pods of other namespaces must pull an image again: KubeletEnsureSecretPulledImages is on, and CRI-O returns "
            + "image IDs"
    )]
    [InlineData(
        "1.36.2",
        "1.35.1",
        "",
        "any pod of the node may start an image that is present: CRI-O 1.35.1 does not return image IDs; 1.35.2 and "
            + "1.36.0 do"
    )]
    [InlineData(
        "1.36.2",
        "1.36.0",
        "KubeletEnsureSecretPulledImages=false",
        "any pod of the node may start an image that is present: KubeletEnsureSecretPulledImages is off in the kubelet"
    )]
    [InlineData(
        "1.34.2",
        "1.36.0",
        "",
        "any pod of the node may start an image that is present: KubeletEnsureSecretPulledImages is off in the kubelet"
    )]
    [InlineData(
        "1.34.2",
        "1.36.0",
        "KubeletEnsureSecretPulledImages=true",
        "pods of other namespaces must pull an image again: KubeletEnsureSecretPulledImages is on, and CRI-O returns "
            + "image IDs"
    )]
    public async Task It_says_whether_tenants_stay_apart_after_a_pull(
        string kubelet,
        string crio,
        string gates,
        string fact
    )
    {
        node.StartKubelet(with: ["--feature-gates", gates]);
        Assert.Contains(
            fact,
            (await node.CheckAsync("CP006", "--kubelet-version", kubelet, "--crio-version", crio)).Seen
        );
    }

    [Fact]
    public async Task A_removed_package_is_ignored()
    {
        node.Edit("/var/lib/dpkg/status", "install ok installed", "deinstall ok config-files");
        Assert.Equal("the version of the kubelet could not be determined", (await node.CheckAsync("CP006")).Summary);
    }

    [Fact]
    public async Task CRI_O_may_keep_its_version_elsewhere()
    {
        node.Write("/etc/crio/crio.conf.d/deep/10-version", "[crio]\nversion_file = \"/data/version\"\n");
        node.Write("/data/version", "\"1.34.1\"");
        Assert.Equal(
            "CRI-O 1.34.1 does not look for auth files of a namespace",
            (await node.CheckAsync("CP006")).Summary
        );
    }

    /// <summary>CRI-O reads a link in its drop-in directory as a file, whatever the link leads to.</summary>
    [Theory]
    [InlineData("/etc/crio/crio.conf.d/20-team", "/etc/team")]
    [InlineData("/etc/crio/crio.conf.d", "/etc/team")]
    public async Task CRI_O_does_not_follow_a_link_to_a_directory(string link, string target)
    {
        node.Write("/etc/team/10-version", "[crio]\nversion_file = \"/data/version\"\n");
        node.Link(link, target);
        Assert.Equal($"\"{link}\" cannot be read: it is a directory", (await node.CheckAsync("CP006")).Summary);
    }

    [Fact]
    public async Task CRI_O_follows_a_link_to_a_file()
    {
        node.Write("/etc/team/10-version", "[crio]\nversion_file = \"/data/version\"\n");
        node.Link("/etc/crio/crio.conf.d/20-team", "/etc/team/10-version");
        node.Write("/data/version", "\"1.34.1\"");
        Assert.Equal(
            "CRI-O 1.34.1 does not look for auth files of a namespace",
            (await node.CheckAsync("CP006")).Summary
        );
    }
}
