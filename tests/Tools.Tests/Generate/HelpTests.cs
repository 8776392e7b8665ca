using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Generate;

/// <summary>The complete texts, so that a change of any word is seen.</summary>
public sealed class HelpTests
{
    [Fact]
    public Task The_help_of_generate() => AssertHelpAsync(
        "generate",
        """
        crio-credential-provider generate: print configuration, RBAC, completions or the man page

        usage: crio-credential-provider generate COMMAND [OPTION...]

        Prints what a node or a cluster needs besides the binary. It writes no file and asks nobody: what
        it prints is made from its options and from registries.conf, and is the same each time.

        commands:
          kubelet-config   the kubelet's credential provider config
          rbac             ClusterRole for the nodes, Role for a namespace
          systemd-drop-in  the kubelet's flags, as a drop-in of its unit
          machine-config   provider config and flags for OpenShift nodes
          completion       completions for a shell
          man              the man page, in roff

        options:
          --help
                print this and end

        exit codes: 0 printed, 1 no registry has a mirror, 2 bad command line, 3 a file cannot be used

        """);

    [Fact]
    public Task The_help_of_generate_kubelet_config() => AssertHelpAsync(
        "generate kubelet-config",
        """
        crio-credential-provider generate kubelet-config: the kubelet's credential provider config

        usage: crio-credential-provider generate kubelet-config [OPTION...]

        Prints a CredentialProviderConfig for kubelet 1.34 or newer. matchImages are those prefixes of
        registries.conf and its drop-ins that have a mirror or another location. Run it on the node, or
        name the node's file. The kubelet reads the config at its start only.

        With --merge-into, the file's other providers are kept; its comments are not. An entry of this
        program in it is made anew, with its args and env. The file itself is not touched: write the
        output to another name and move it. An invalid file is refused.

        options:
          --profile kubeadm|openshift
                the kind of cluster
                default: kubeadm
          --audience AUDIENCE
                what the API server takes as audience of the pods' tokens
                default: the token's issuer, else the profile's
          --token-file FILE
                a service account token of the cluster, which names its issuer; - is stdin
                default: none
          --annotations
                let the kubelet pass the annotation by which a service account names its secrets
                default: off
          --merge-into FILE
                keep the other providers of this config; - is stdin
                default: none
          --registries-conf FILE
                the main registries.conf
                default: CRI-O's search
          --registries-conf-dir DIR
                the directory of drop-in registries.conf files
                default: CRI-O's drop-in directories
          --help
                print this and end

        exit codes: 0 printed, 1 no registry has a mirror, 2 bad command line, 3 a file cannot be used

        examples:
          crio-credential-provider generate kubelet-config --profile kubeadm
          kubectl create token default | crio-credential-provider generate kubelet-config --token-file -
          crio-credential-provider generate kubelet-config --merge-into config.yaml > new.yaml

        """);

    [Fact]
    public Task The_help_of_generate_rbac() => AssertHelpAsync(
        "generate rbac",
        """
        crio-credential-provider generate rbac: ClusterRole for the nodes, Role for a namespace

        usage: crio-credential-provider generate rbac [OPTION...]

        Prints what must be allowed, for kubectl apply -f -.

        With --node: a ClusterRole by which the group system:nodes may ask for service account tokens of
        one audience. Once for a cluster.

        With --namespace: a Role by which a service account may get and list the secrets of its namespace.
        With --secret, it may get these secrets only; the command that annotates the service account with
        their names stands in a comment.

        options:
          --node
                let the nodes ask for tokens of this one audience
                default: off
          --namespace NAME
                let a service account of this namespace read its secrets
                default: none
          --service-account NAME
                the service account of the pods
                default: default
          --secret NAME
                only this secret; may stand more than once
                default: all of the namespace
          --profile kubeadm|openshift
                the kind of cluster
                default: kubeadm
          --audience AUDIENCE
                what the API server takes as audience of the pods' tokens
                default: the token's issuer, else the profile's
          --token-file FILE
                a service account token of the cluster, which names its issuer; - is stdin
                default: none
          --help
                print this and end

        exit codes: 0 printed, 2 bad command line, 3 a file cannot be used

        examples:
          crio-credential-provider generate rbac --node | kubectl apply -f -
          crio-credential-provider generate rbac --namespace team-a | kubectl apply -f -
          crio-credential-provider generate rbac --namespace team-a --service-account puller --secret mirror

        """);

    [Fact]
    public Task The_help_of_generate_systemd_drop_in() => AssertHelpAsync(
        "generate systemd-drop-in",
        """
        crio-credential-provider generate systemd-drop-in: the kubelet's flags, as a drop-in of its unit

        usage: crio-credential-provider generate systemd-drop-in [OPTION...]

        Prints a drop-in for kubelet.service that adds the two flags by a variable of its own, so that
        KUBELET_EXTRA_ARGS and everybody's flags in it stay. systemd cannot append to ExecStart: the
        kubelet's line is repeated, kubeadm's or the one of --exec-start. OpenShift's unit reads a
        variable for these flags, which is set there instead.

        options:
          --profile kubeadm|openshift
                the kind of cluster
                default: kubeadm
          --config FILE
                where the provider config lies on the node
                default: /etc/kubernetes/credential-providers/config.yaml
          --bin-dir DIR
                where the binary lies on the node
                default: /usr/libexec/kubelet-image-credential-provider-plugins
          --exec-start LINE
                the kubelet's own ExecStart line (systemctl cat kubelet)
                default: the profile's
          --help
                print this and end

        exit codes: 0 printed, 2 bad command line

        example:
          crio-credential-provider generate systemd-drop-in > /etc/systemd/system/kubelet.service.d/40-crio-credential-provider.conf

        """);

    [Fact]
    public Task The_help_of_generate_machine_config() => AssertHelpAsync(
        "generate machine-config",
        """
        crio-credential-provider generate machine-config: provider config and flags for OpenShift nodes

        usage: crio-credential-provider generate machine-config [OPTION...]

        Prints a MachineConfig that puts the provider config and the kubelet's drop-in on the nodes of a
        pool. Applying it restarts them one by one. It does not bring the binary.

        Where the cluster has the platform's own resource CRIOCredentialProviderConfig (a technology
        preview in OpenShift 4.22), use that instead: it makes the same files.

        Nodes on AWS, Azure and Google Cloud have a provider config already, and the kubelet's flag names
        that file: give it with --merge-into and its path on the node with --config. Then there is no
        drop-in, since the kubelet has the flags.

        options:
          --pool NAME
                the machine config pool
                default: worker
          --config FILE
                where the provider config lies on the node
                default: /etc/kubernetes/credential-providers/crio-credential-provider.yaml
          --bin-dir DIR
                where the binary lies on the node
                default: /usr/libexec/kubelet-image-credential-provider-plugins
          --exec-start LINE
                the kubelet's own ExecStart line (systemctl cat kubelet)
                default: the profile's
          --audience AUDIENCE
                what the API server takes as audience of the pods' tokens
                default: the token's issuer, else the profile's
          --token-file FILE
                a service account token of the cluster, which names its issuer; - is stdin
                default: none
          --annotations
                let the kubelet pass the annotation by which a service account names its secrets
                default: off
          --merge-into FILE
                keep the other providers of this config; - is stdin
                default: none
          --registries-conf FILE
                the main registries.conf
                default: CRI-O's search
          --registries-conf-dir DIR
                the directory of drop-in registries.conf files
                default: CRI-O's drop-in directories
          --help
                print this and end

        exit codes: 0 printed, 1 no registry has a mirror, 2 bad command line, 3 a file cannot be used

        examples:
          crio-credential-provider generate machine-config --registries-conf registries.conf
          crio-credential-provider generate machine-config --merge-into ecr-credential-provider.yaml --config /etc/kubernetes/credential-providers/ecr-credential-provider.yaml

        """);

    [Fact]
    public Task The_help_of_generate_completion() => AssertHelpAsync(
        "generate completion",
        """
        crio-credential-provider generate completion: completions for a shell

        usage: crio-credential-provider generate completion SHELL [OPTION...]

        Prints a script that completes commands, options and their values. make install puts the three
        scripts where the shells look for them.

        arguments:
          SHELL
                bash, zsh or fish

        options:
          --help
                print this and end

        exit codes: 0 printed, 2 bad command line

        examples:
          source <(crio-credential-provider generate completion bash)
          crio-credential-provider generate completion zsh > /usr/share/zsh/site-functions/_crio-credential-provider
          crio-credential-provider generate completion fish > ~/.config/fish/completions/crio-credential-provider.fish

        """);

    [Fact]
    public Task The_help_of_generate_man() => AssertHelpAsync(
        "generate man",
        """
        crio-credential-provider generate man: the man page, in roff

        usage: crio-credential-provider generate man [OPTION...]

        Prints the man page. make install puts it where man looks for it.

        options:
          --help
                print this and end

        exit codes: 0 printed, 2 bad command line

        example:
          crio-credential-provider generate man | man -l -

        """);

    private static async Task AssertHelpAsync(string command, string text)
    {
        Assert.Equal(text, await InProcess.PrintAsync([.. command.Split(' '), "--help"]));
        Assert.Equal(text, await InProcess.PrintAsync(["help", .. command.Split(' ')]));
        Assert.Equal(text, HelpText.For(CommandTable.Find(command.Split(' '))));
    }
}
