using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP011: the service account may list the secrets of its namespace, by asking the API server.</summary>
internal static class SecretAccessCheck
{
    public static readonly Check Row = new("CP011", "service account's access to secrets", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var (token, identity) = view.RequireToken();
        var ns = view.Option(DoctorOptions.Namespace.Flag) ?? identity.Namespace;
        var account = view.Option(DoctorOptions.ServiceAccount.Flag) ?? identity.ServiceAccount ?? "default";
        if (!NamespaceName.IsValid(ns) || !SecretName.IsValid(account))
        {
            throw new CheckSkippedException(
                $"--namespace \"{OneLine.Of(ns)}\" or --service-account \"{OneLine.Of(account)}\" is no name", isUndetermined: true);
        }

        // Another's rights can only be asked for with a token that may; its own always.
        var isOwn = ns == identity.Namespace && account == identity.ServiceAccount;
        var subject = isOwn
            ? null
            : new AccessSubject(
                $"system:serviceaccount:{ns}:{account}", ["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"]);
        var found = new Findings();
        found.See($"asked about service account \"{account}\" in namespace \"{ns}\"{(isOwn ? "" : $", with the token of \"{identity.ServiceAccount}\" in \"{identity.Namespace}\"")}");
        switch (await AccessReview.AskAsync(view.Api, token, new AccessQuestion("list", "secrets", ns), subject))
        {
            case AccessAnswer.Allowed:
                break;
            case AccessAnswer.TokenRejected:
                found.Fail("the API server rejects the token: see CP010");
                break;
            case AccessAnswer.MayNotAsk:
                throw new CheckSkippedException(
                    isOwn
                        ? "the service account may not even ask what it may do"
                        : $"the token of \"{identity.ServiceAccount}\" in \"{identity.Namespace}\" may not ask about others: give one of \"{account}\" in \"{ns}\"",
                    isUndetermined: true);
            case AccessAnswer.Denied when await AccessReview.AskAsync(view.Api, token, new AccessQuestion("get", "secrets", ns), subject) == AccessAnswer.Allowed:
                found.Warn(
                    $"service account \"{account}\" may get secrets in namespace \"{ns}\" but not list them: enough only when its annotation names them",
                    NarrowOrWide(ns, account));
                break;
            default:
                var named = isOwn ? await AccessReview.AskNamedSecretsAsync(view.Api, token, ns) : null;
                if (named is { Count: > 0 })
                {
                    // No manifest: Doctor's Role has the name of the one that names secrets, and would undo it.
                    found.Warn(
                        $"service account \"{account}\" may get only {Told(named)}: enough when its annotation names them",
                        $"kubectl get serviceaccount -n {ns} {account} -o jsonpath='{{.metadata.annotations}}'");
                }
                else
                {
                    found.Fail(
                        $"service account \"{account}\" may not list secrets in namespace \"{ns}\"",
                        named is null ? NarrowOrWide(ns, account) : RbacManifest.ForNamespace(ns, account));
                }

                break;
        }

        return found.ToResult($"service account \"{account}\" may list secrets in namespace \"{ns}\"");
    }

    /// <summary>Where a Role may be there that names secrets, or had better be: the wide one is not applied unawares.</summary>
    private static string[] NarrowOrWide(string ns, string account) =>
    [
        $"# only secrets that its annotation names: crio-credential-provider generate rbac --namespace {ns} --service-account {account} --secret NAME",
        "# all secrets: this Role takes the place of one that names secrets",
        .. RbacManifest.ForNamespace(ns, account),
    ];

    /// <summary>Whole names, as many as a line should hold, but one at least.</summary>
    private static string Told(IReadOnlyList<string> names)
    {
        var count = 1;
        for (var length = names[0].Length; count < names.Count; count++)
        {
            length += ", ".Length + names[count].Length;
            if (length > OneLine.MaximumLength)
            {
                break;
            }
        }

        return string.Join(", ", names.Take(count)) + (count < names.Count ? $" and {names.Count - count} more" : "");
    }
}
