// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP011: asks the API server whether the service account may list the secrets of its namespace.</summary>
internal static class SecretAccessCheck
{
    public static readonly Check Row = new("CP011", "service account's access to secrets", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        var (token, identity) = view.Account.RequireToken();
        var (ns, account) = view.Account.AskedFor(identity);

        // Asking about another account requires a token with permission to do so; an account may always ask about
        // itself.
        var isOwn = ns == identity.Namespace && account == identity.ServiceAccount;
        var subject = isOwn
            ? null
            : new AccessSubject(
                $"system:serviceaccount:{ns}:{account}",
                ["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"]
            );
        var found = new Findings();
        var with = isOwn ? "" : $", with the token of \"{identity.ServiceAccount}\" in \"{identity.Namespace}\"";
        found.Note($"asked about service account \"{account}\" in namespace \"{ns}\"{with}");
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
                        : $"the token of \"{identity.ServiceAccount}\" in \"{identity.Namespace}\" may not ask about "
                            + "others: "
                            + $"give one of \"{account}\" in \"{ns}\"",
                    isUndetermined: true
                );
            default:
                await LookAtGetAsync(found, view.Api, token, ns, account, subject);
                break;
        }

        return found.ToResult($"service account \"{account}\" may list secrets in namespace \"{ns}\"");
    }

    /// <summary>The account may not list secrets, so its permissions to get single secrets decide.</summary>
    private static async Task LookAtGetAsync(
        Findings found,
        ApiProbeClient api,
        Secret token,
        string ns,
        string account,
        AccessSubject? subject
    )
    {
        const string Enough = "enough if the account's imagePullSecrets or its annotation name them";
        if (
            await AccessReview.AskAsync(api, token, new AccessQuestion("get", "secrets", ns), subject)
            == AccessAnswer.Allowed
        )
        {
            found.Warn(
                $"service account \"{account}\" may get secrets in namespace \"{ns}\" but not list them: {Enough}",
                NarrowOrWide(ns, account)
            );
            return;
        }

        var named = subject is null ? await AccessReview.AskNamedSecretsAsync(api, token, ns) : null;
        if (named is { Count: > 0 })
        {
            // No manifest: doctor's Role has the same name as the Role that names secrets, and would replace it.
            found.Warn(
                $"service account \"{account}\" may get only {Listed(named)}: {Enough}",
                Fix.Run($"kubectl get serviceaccount -n {ns} {account} -o yaml")
            );
        }
        else
        {
            found.Fail(
                $"service account \"{account}\" may not list secrets in namespace \"{ns}\"",
                named is null ? NarrowOrWide(ns, account) : RbacManifest.ForNamespace(ns, account)
            );
        }
    }

    /// <summary>
    /// Offers the Role for named secrets first: it may already exist, or be the better choice, and the wider Role would
    /// replace it.
    /// </summary>
    private static Fix[] NarrowOrWide(string ns, string account) =>
        [
            Fix.Note("only named secrets:"),
            RbacManifest.ForNamed(ns, account),
            Fix.Note("all secrets: this Role replaces one that names secrets"),
            .. RbacManifest.ForNamespace(ns, account),
        ];

    /// <summary>As many complete names as fit on a line, but at least one.</summary>
    private static string Listed(IReadOnlyList<string> names)
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
