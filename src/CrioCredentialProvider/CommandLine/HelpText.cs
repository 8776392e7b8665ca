using System.Text;

namespace CrioCredentialProvider.CommandLine;

/// <summary>The texts for people, made from <see cref="OptionTable"/>.</summary>
internal static class HelpText
{
    /// <summary>Printed on stderr when somebody starts the program at a terminal without arguments.</summary>
    public const string Short =
        """
        crio-credential-provider is started by the kubelet, which passes a request on stdin.
        usage: crio-credential-provider [OPTION...] < request.json
        See crio-credential-provider --help.

        """;

    public static string Full
    {
        get
        {
            var text = new StringBuilder(
                """
                crio-credential-provider: registry mirror credentials from a pod's namespace, for CRI-O

                usage: crio-credential-provider [OPTION...]

                Reads one CredentialProviderRequest on stdin, as the kubelet passes it, writes the auth
                file that CRI-O takes for this pull, and answers on stdout. Each option can also be set
                by an environment variable: CRIO_CP_ and the option in capitals, with underscores.

                options:

                """);
            foreach (var option in OptionTable.Options)
            {
                text.Append("  --").Append(option.Flag);
                if (!option.IsSwitch)
                {
                    text.Append(' ').Append(option.ValueName);
                }

                text.Append("\n        ").Append(option.Summary)
                    .Append("\n        default: ").Append(option.Default).Append('\n');
            }

            return text.Append(
                """
                  --version, --version-json
                        print the version and end
                  --help
                        print this and end

                exit codes: 0 answered (also when there was nothing to do), 1 failed, 2 bad command line

                example, as the kubelet does it:
                  crio-credential-provider --auth-dir /tmp/auth < request.json

                """).ToString();
        }
    }
}
