using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary><c>doctor</c>: looks at a node, check by check, and says what is wrong and what to type.</summary>
internal static class DoctorCommand
{
    public static readonly Command Row = new(
        "doctor",
        "check this node, and say what to fix",
        """
        Runs the checks CP001 to CP014 on this node: the provider's binary, the kubelet's flags and
        its provider config, registries.conf, CRI-O's auth directory, the API server, RBAC, secrets.
        It only looks: nothing is changed, and nothing secret is printed. Run it as root.
        A check is ok, warn, fail, or skipped with the reason; one that --check names and that comes out
        skipped is an open question, exit code 3. What the kubelet's run is set by (args and env of the
        provider config) counts here as well; the options below win over it.
        """)
    {
        Options =
        [
            DoctorOptions.Check,
            DoctorOptions.Strict,
            DoctorOptions.Root,
            DoctorOptions.ProviderConfig,
            DoctorOptions.ProviderBinDir,
            DoctorOptions.KubeletVersion,
            DoctorOptions.CrioVersion,
            DoctorOptions.TokenFile,
            DoctorOptions.Namespace,
            DoctorOptions.ServiceAccount,
            DoctorOptions.Secrets,
            CommonOptions.Output,
        ],
        Settings = DoctorOptions.Settings,
        ExitCodes = ["0 fine", "1 a check failed", "3 a check could not find out"],
        Examples =
        [
            "crio-credential-provider doctor --kubelet-version \"$(kubelet --version)\"",
            "crio-credential-provider doctor --root /host --check CP003 --check CP004",
            "kubectl create token default -n team-a | crio-credential-provider doctor --token-file -",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(CommandInput input, Node node)
    {
        if (input.Texts(DoctorOptions.Secrets.Flag).Append(input.Text(DoctorOptions.TokenFile.Flag)).Count(file => file == "-") > 1)
        {
            throw CommandException.Misuse("only one of --token-file and --secrets can read stdin");
        }

        if (input.Text(DoctorOptions.Root.Flag) is { } root && !NodeFilesReader.IsFolderHere(root))
        {
            throw new ProviderException(Reasons.InputUnusable, $"\"{OneLine.Of(root)}\" cannot be used: there is no such directory", "name the directory where the node's root is mounted");
        }

        var wanted = input.Texts(DoctorOptions.Check.Flag);
        using var view = new NodeView(node, input);
        List<CheckReport> reports = [];
        foreach (var check in CheckTable.Checks.Where(check => wanted.Count == 0 || wanted.Contains(check.Id, StringComparer.OrdinalIgnoreCase)))
        {
            var result = await RunAsync(check, view);

            // Who names a check waits for its answer, and none may not look like a good one.
            reports.Add(new CheckReport(
                check, result with { IsUndetermined = result.IsUndetermined || (wanted.Count > 0 && result.Outcome == CheckOutcome.Skipped) }));
        }

        var exitCode = ExitCodeOf(reports, input.Has(DoctorOptions.Strict.Flag));
        var text = input.Text(CommonOptions.Output.Flag) == "json"
            ? DoctorJson.Of(reports, view.Files.Root, exitCode)
            : DoctorText.Of(reports, TextStyle.For(node));
        return node.Print(text, exitCode);
    }

    private static async Task<CheckResult> RunAsync(Check check, NodeView view)
    {
        try
        {
            return Printable(await check.RunAsync(view));
        }
        catch (CheckSkippedException e)
        {
            return Printable(CheckResult.Skipped(e.Message) with { IsUndetermined = e.IsUndetermined, Fix = e.Fix });
        }
        catch (FactUnknownException e)
        {
            return Printable(CheckResult.Skipped(e.Message) with { IsUndetermined = true });
        }
        catch (Exception e) when (e is not ProviderException)
        {
            // A defect, which must not cost the other checks. Its text could quote what it choked on: only its kind is told.
            return CheckResult.Skipped($"unexpected {e.GetType().Name} in the program: please report it") with { IsUndetermined = true };
        }
        catch (ProviderException e)
        {
            return Printable(
                CheckResult.Skipped(e.Problem) with { IsUndetermined = true, Fix = e.Hint.Length == 0 ? [] : [e.Hint] });
        }
    }

    /// <summary>What a report quotes may be anybody's: no character of it may turn a terminal's lines around.</summary>
    private static CheckResult Printable(CheckResult result) => result with
    {
        Summary = OneLine.Printable(result.Summary),
        Seen = [.. result.Seen.Select(OneLine.Printable)],
        Fix = [.. result.Fix.Select(OneLine.Printable)],
    };

    /// <summary>A finding is more than an open question.</summary>
    private static int ExitCodeOf(IReadOnlyList<CheckReport> reports, bool isStrict) =>
        reports.Any(r => r.Result.Outcome == CheckOutcome.Fail || (isStrict && r.Result.Outcome == CheckOutcome.Warn)) ? ExitCode.Finding
        : reports.Any(r => r.Result.IsUndetermined) ? ExitCode.Undetermined
        : ExitCode.Fine;
}
