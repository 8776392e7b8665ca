using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;

namespace CrioCredentialProvider.Commands.Doctor.Checks;

/// <summary>CP011: the service account may list the secrets of its namespace, by asking the API server.</summary>
internal static class SecretAccessCheck
{
    public static readonly Check Row = new("CP011", "service account's access to secrets", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var (token, identity) = view.RequireToken();
        var ns = view.Option(DoctorOptions.Namespace.Flag) ?? identity.Namespace;
        var account = view.Option(DoctorOptions.ServiceAccount.Flag) ?? identity.ServiceAccount ?? "default";
        if (!NamespaceName.IsValid(ns) || !Secrets.SecretName.IsValid(account))
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
                    RbacManifest.ForNamespace(ns, account));
                break;
            default:
                found.Fail($"service account \"{account}\" may not list secrets in namespace \"{ns}\"", RbacManifest.ForNamespace(ns, account));
                break;
        }

        return found.ToResult($"service account \"{account}\" may list secrets in namespace \"{ns}\"");
    }
}
