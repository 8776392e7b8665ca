// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary><c>doctor</c>: checks a node and prints each problem with the commands that fix it.</summary>
internal static class DoctorCommand
{
    /// <summary>
    /// A custom plugin of node-problem-detector must print its line one second before its time limit of 5 s.
    /// </summary>
    private static readonly TimeSpan LineTime = TimeSpan.FromSeconds(3.5);

    public static readonly CommandOption Only = new(
        "check",
        "ID",
        "all",
        "run only these checks, such as CP003,CP004; may be repeated"
    )
    {
        IsRepeatable = true,
        SplitsAtCommas = true,
        Choices = [.. CheckTable.Checks.Select(check => check.Id)],
        ChoicesInShort = $"{CheckTable.Checks[0].Id} to {CheckTable.Checks[^1].Id}",
        IgnoresCase = true,
    };

    public static readonly Command Row = new(
        "doctor",
        "check this node, and print what to fix",
        """
        Runs the checks CP001 to CP014 on this node: the provider's binary, the kubelet's flags and
        its provider config, registries.conf, CRI-O's auth directory, the API server, RBAC, secrets.
        It changes nothing and prints no secret. Run it as root. A check is ok, warn, fail, or skipped
        with the reason; one that --check names and that is skipped is not determined, exit code 3.
        doctor applies the same settings as a real run: args and env from the provider config, and the
        kubelet's environment. The options below take precedence over them.
        """
    )
    {
        Options =
        [
            Only,
            DoctorOptions.Strict,
            DoctorOptions.Verbose,
            DoctorOptions.Root,
            DoctorOptions.Profile,
            DoctorOptions.ProviderConfig,
            DoctorOptions.ProviderBinDir,
            DoctorOptions.KubeletVersion,
            DoctorOptions.CrioVersion,
            DoctorOptions.TokenFile,
            DoctorOptions.Namespace,
            DoctorOptions.ServiceAccount,
            DoctorOptions.Secrets,
            DoctorOptions.Output,
        ],
        Settings = DoctorOptions.Settings,
        ExitCodes = ["0 no check failed", "1 a check failed", "3 a check could not be determined"],
        Examples =
        [
            "crio-credential-provider doctor --kubelet-version \"$(kubelet --version)\"",
            "crio-credential-provider doctor --root /host --check CP003,CP004",
            "kubectl create token default -n team-a | crio-credential-provider doctor --token-file -",
        ],
        Run = RunAsync,
    };

    /// <summary>The API server is slow more often than the node, but several checks read large databases.</summary>
    private static async Task<DoctorReport> ReportAsync(NodeView view, CommandInput input, string? output)
    {
        using var notice = new SlowNotice(view.Node, "checking the node ...", SlowNotice.UsualDelay);
        return await DoctorRun.ReportAsync(
            view,
            input.Texts(Only.Flag),
            input.Has(DoctorOptions.Strict.Flag),
            output == "npd" ? LineTime : null
        );
    }

    private static async Task<int> RunAsync(CommandInput input, Node node)
    {
        string?[] inputs = [.. input.Texts(DoctorOptions.Secrets.Flag), input.Text(DoctorOptions.TokenFile.Flag)];
        if (inputs.Count(file => file == "-") > 1)
        {
            throw CommandException.Misuse("only one of --token-file and --secrets can read stdin");
        }

        if (input.Text(DoctorOptions.Root.Flag) is { } root && NodeFilesReader.WhyNotRoot(root) is { } why)
        {
            throw new ProviderException(
                Reasons.InputUnusable,
                $"\"{OneLine.Of(root)}\" cannot be used: {why}",
                "name the directory where the node's root is mounted"
            );
        }

        using var view = new NodeView(node, input);
        var output = input.Text(DoctorOptions.Output.Flag);
        var report = await ReportAsync(view, input, output);
        return node.Print(
            output switch
            {
                "json" => DoctorJson.Of(report),
                "npd" => DoctorLine.Of(report),
                _ => DoctorText.Of(report, TextStyle.For(node), input.Has(DoctorOptions.Verbose.Flag)),
            },
            report.ExitCode
        );
    }
}
