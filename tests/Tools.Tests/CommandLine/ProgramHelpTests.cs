using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.CommandLine;

public sealed class ProgramHelpTests
{
    /// <summary>The complete text, so that a change of any word is seen.</summary>
    [Fact]
    public async Task The_help_of_the_program()
    {
        const string Text =
            """
            crio-credential-provider: registry mirror credentials from a pod's namespace, for CRI-O

            usage: crio-credential-provider [OPTION...]
                   crio-credential-provider COMMAND [ARGUMENT...] [OPTION...]

            Reads one CredentialProviderRequest on stdin, as the kubelet passes it, writes the auth
            file that CRI-O takes for this pull, and answers on stdout. Each option can also be set
            by an environment variable: CRIO_CP_ and the option in capitals, with underscores.

            commands:
              explain   tell what a pull of an image would get, and why
              doctor    check this node, and say what to fix
              generate  print configuration, RBAC, completions or the man page
              version   print version and build facts
              help      print help for a command

            options:
              --registries-conf FILE
                    the main registries.conf
                    default: CRI-O's search
              --registries-conf-dir DIR
                    the directory of drop-in registries.conf files
                    default: CRI-O's drop-in directories
              --auth-dir DIR
                    where CRI-O looks for auth files (its namespaced_auth_dir)
                    default: /etc/crio/auth
              --kubelet-auth-file FILE
                    the node's own registry credentials, merged in
                    default: /var/lib/kubelet/config.json
              --api-server HOST[:PORT]|URL
                    the Kubernetes API server
                    default: from the next two, else localhost:6443
              --api-server-env-file FILE
                    names the API server on OpenShift
                    default: /etc/kubernetes/apiserver-url.env
              --kubeconfig FILE
                    for the API server's address and CA, never for its credentials
                    default: the kubelet's
              --certificate-authority FILE
                    the CA that signed the API server's certificate
                    default: the kubeconfig's, else /etc/kubernetes/pki/ca.crt, else the system's
              --tls-server-name NAME
                    the name that the API server's certificate must have
                    default: the host, or kubernetes.default.svc with a cluster CA
              --insecure-skip-tls-verify
                    do not verify the API server's certificate: gives tokens to anybody
                    default: off
              --timeout DURATION
                    for all talk with the API server together
                    default: 20s
              --hand-over-timeout DURATION
                    the age up to which an untaken auth file is waited for, 0s is off
                    default: 10s
              --log-level LEVEL
                    debug, info, warning or error
                    default: info
              --journal-socket PATH
                    journald's socket for the native protocol
                    default: /run/systemd/journal/socket
              --version, --version-json
                    print the version and end
              --help
                    print this and end

            exit codes: 0 answered (also when there was nothing to do), 1 failed, 2 bad command line

            example, as the kubelet does it:
              crio-credential-provider --auth-dir /tmp/auth < request.json

            """;
        Assert.Equal(Text, await InProcess.PrintAsync("--help"));
        Assert.Equal(Text, await InProcess.PrintAsync("help"));
    }

    [Fact]
    public async Task Everything_fits_a_terminal_of_100_columns() =>
        Assert.All((await InProcess.PrintAsync("--help")).Split('\n'), line => Assert.InRange(line.Length, 0, 100));

    [Theory]
    [InlineData("generat", "unknown command \"generat\"; did you mean \"generate\"? see --help")]
    [InlineData("generate kubelet-confg", "unknown command \"kubelet-confg\"; did you mean \"kubelet-config\"? see generate --help")]
    [InlineData("generate zsh", "unknown command \"zsh\"; see generate --help")]
    [InlineData("generate --profile kubeadm", "unknown command \"--profile\"; see generate --help")]
    [InlineData("generate", "command \"generate\" needs one of: kubelet-config, rbac, systemd-drop-in, machine-config, completion, man; see generate --help")]
    [InlineData("help generate zsh", "unknown command \"zsh\"; see generate --help")]
    public async Task An_unknown_command_is_one_line_with_the_nearest_word(string line, string problem) =>
        Assert.Equal(new CommandResult(2, "", problem + "\n"), await InProcess.RunAsync("", line.Split(' ')));
}
