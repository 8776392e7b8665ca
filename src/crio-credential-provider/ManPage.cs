// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.CommandLine;

/// <summary>crio-credential-provider(8), made from <see cref="OptionTable"/> and <see cref="CommandTable"/>.</summary>
internal static class ManPage
{
    private const string Program = BuildInfo.Program;

    public static string Text
    {
        get
        {
            var page = new Roff();
            page.Title(Program, 8, BuildInfo.ReleaseDate, $"{Program} {BuildInfo.Version}");
            page.Section("NAME");
            page.Lines($"{Program} - registry mirror credentials from a pod's namespace, for CRI-O");
            AppendSynopsis(page);
            AppendDescription(page);
            page.Section("COMMANDS");
            foreach (var command in CommandTable.Commands)
            {
                AppendCommand(page, command.Name, command);
            }

            AppendOptions(page);
            AppendEnvironment(page);
            AppendFiles(page);
            AppendExitCodes(page);
            AppendExamples(page);
            page.Section("SEE ALSO");
            page.Lines(
                "journalctl(1), crio(8), crio.conf(5), containers-registries.conf(5), containers-auth.json(5), "
                    + "kubelet(1)"
            );
            return page.ToString();
        }
    }

    private static void AppendSynopsis(Roff page)
    {
        page.Section("SYNOPSIS");
        page.Verbatim(
            $"{Program} [OPTION...] < request.json",
            $"{Program} COMMAND [ARGUMENT...] [OPTION...]",
            $"{Program} --version | --version-json | --help"
        );
    }

    private static void AppendDescription(Roff page)
    {
        page.Section("DESCRIPTION");
        page.Lines(
            """
            A kubelet image credential provider for CRI-O. The kubelet starts it for each pull whose image
            its credential provider config names, with the image and the pod's service account token on
            stdin. It reads the mirrors that CRI-O will try from registries.conf, reads the pull secrets of
            the pod's namespace with the pod's own token, and writes the matching credentials to an auth
            file. CRI-O uses this file for this one pull and then deletes it. The answer to the kubelet on
            stdout contains no password, and the kubelet must not cache it.

            A successful run prints nothing else; journalctl -t crio-credential-provider shows the log of
            each pull. A failure is one line on stderr that ends with its id, for example [CP408].

            The kubelet's run needs no command. The commands are for administrators.
            """
        );
    }

    private static void AppendCommand(Roff page, string words, Command command)
    {
        page.Subsection(HelpText.Usage(words, command));
        page.Lines(command.Description);
        foreach (var argument in command.Arguments)
        {
            page.Term(argument.Name, "", argument.Summary + ".");
        }

        foreach (var option in command.Options)
        {
            page.Term(option.Label, option.ValueName, option.Summary + ".", $"Default: {option.Default}.");
        }

        if (command.Settings.Count > 0)
        {
            page.Paragraph();
            page.Lines($"{HelpText.Inherited(command)}.");
        }

        page.Paragraph();
        page.Lines($"Exit codes: {HelpText.ExitCodes(command)}.");

        if (command.Examples.Count > 0)
        {
            page.Verbatim(command.Examples);
        }

        foreach (var sub in command.Subcommands)
        {
            AppendCommand(page, $"{words} {sub.Name}", sub);
        }
    }

    private static void AppendOptions(Roff page)
    {
        page.Section("OPTIONS");
        page.Lines(
            """
            Of the kubelet's run. A flag wins over its environment variable, which wins over the default; the
            kubelet's config passes both (args, env). Values follow the flag or an equals sign.
            """
        );
        foreach (var option in OptionTable.Options)
        {
            page.Term(option.Label, option.ValueName, option.Summary + ".", $"Default: {option.Default}.");
        }

        foreach (var option in OptionTable.Switches)
        {
            page.Term(option.Label, "", option.Summary + ".");
        }

        page.Term("-h, --help", "", "print help, and exit.");
    }

    private static void AppendEnvironment(Roff page)
    {
        page.Section("ENVIRONMENT");
        foreach (var option in OptionTable.Options)
        {
            page.Term(
                option.EnvironmentVariable,
                "",
                option.IsSwitch ? $"true for --{option.Flag}." : $"the value of --{option.Flag}."
            );
        }

        page.Term("NO_COLOR", "", "no colours in the output of commands if it is set and not empty.");
        page.Term("TERM", "", "no colours when it is dumb.");
    }

    private static void AppendFiles(Roff page)
    {
        page.Section("FILES");
        page.Term(
            "/etc/crio/auth/NAMESPACE-SHA256.json",
            "",
            "the auth file of one pull, of mode 0600; SHA256 is that of the image's name."
        );
        page.Term(
            "/etc/containers/registries.conf, /etc/containers/registries.conf.d/*.conf",
            "",
            "the mirrors, as CRI-O reads them."
        );
        page.Term("/var/lib/kubelet/config.json", "", "the node's own registry credentials, merged in.");
        page.Term("/etc/kubernetes/apiserver-url.env", "", "the API server's address on OpenShift.");
        page.Term(
            "/etc/kubernetes/kubelet.conf, /etc/kubernetes/pki/ca.crt",
            "",
            "address and CA of the API server with kubeadm."
        );
        page.Term("/run/systemd/journal/socket", "", "where the journal's entries go.");
    }

    private static void AppendExitCodes(Roff page)
    {
        page.Section("EXIT STATUS");
        page.Lines("Of the kubelet's run:");
        page.Term("0", "", "answered, also when there was nothing to do.");
        page.Term("1", "", "failed; stderr has one line.");
        page.Term("2", "", "bad command line.");
        page.Paragraph();
        page.Lines("Of a command:");
        page.Term("0", "", "done, or the answer is yes.");
        page.Term("1", "", "something is wrong, or the answer is no.");
        page.Term("2", "", "bad command line.");
        page.Term("3", "", "it could not be determined.");
    }

    private static void AppendExamples(Roff page)
    {
        page.Section("EXAMPLES");
        page.Lines("By hand, as the kubelet does it:");
        page.Verbatim($"{Program} --auth-dir /tmp/auth < request.json");
        page.Lines("What happened at the last pulls, and those that failed because a Role is missing:");
        page.Verbatim(
            "journalctl -t crio-credential-provider -n 50",
            "journalctl -t crio-credential-provider CRIO_CP_CODE=CP408"
        );
        page.Lines("What a node needs besides the binary:");
        page.Verbatim(
            $"{Program} generate kubelet-config > /etc/kubernetes/credential-providers/config.yaml",
            $"{Program} generate systemd-drop-in > /etc/systemd/system/kubelet.service.d/{DropIn.FileName}"
        );
    }
}
