// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP010: the API server accepts tokens for the config's audience, and nodes may request such tokens. The check never
/// uses the node's own identity, so on most nodes it can verify only one of the two, which is never reported as ok.
/// </summary>
internal static class AudienceCheck
{
    public static readonly Check Row = new("CP010", "audience, and who may request it", RunAsync);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        if (
            view.Providers.Own.FirstOrDefault(p => !string.IsNullOrEmpty(p.Token?.Audience))
            is not { Token.Audience: { } audience } provider
        )
        {
            return CheckResult.Skipped("the provider config names no audience: see CP003");
        }

        var found = new Findings();
        found.Note($"the config requests tokens for \"{OneLine.Of(audience)}\"");
        var accepted = await IsAcceptedAsync(found, view, provider, audience);
        var allowed = await MayNodesAskAsync(found, view, audience);
        Fix[] role;
        if (audience == TokenAudience.Every)
        {
            role = Set(provider, "https://kubernetes.default.svc.cluster.local");
            found.Warn(
                $"\"{audience}\" in a ClusterRole is every audience: no Role can let nodes request tokens for this one "
                    + "alone",
                role
            );
        }
        else
        {
            role =
            [
                RbacManifest.ForNodes(audience, await ApiServerCheck.VersionAsync(view) is { Major: 1, Minor: < 34 }),
            ];
        }

        if (allowed == false)
        {
            found.Fail("nodes may not request tokens for this audience: the kubelet does not run the provider", role);
        }

        if (!found.IsEmpty || (accepted == true && allowed == true))
        {
            return found.ToResult("the API server accepts it, and nodes may request it");
        }

        List<string> open = [];
        if (accepted is null)
        {
            open.Add("whether the API server accepts it");
            found.Note("--token-file, with a token for it, answers whether it is accepted");
        }

        if (allowed is null)
        {
            open.Add("whether nodes may request it");
            found.Note("only a token that may create SubjectAccessReviews answers whether nodes may request tokens");
            found.Note("if they may not, the kubelet logs: audience \"…\" not found in pod spec volume");
        }

        return CheckResult.Skipped("cannot be determined from here: " + string.Join(", and ", open)) with
        {
            Seen = found.ToResult("").Seen,
            Fix = allowed is null ? role : [],
        };
    }

    private static async Task<bool?> IsAcceptedAsync(Findings found, NodeView view, Provider provider, string audience)
    {
        if (view.Account.Token is not null)
        {
            return await IsTokenAcceptedAsync(found, view, provider, audience);
        }

        if (await ClusterAudiences.FindAsync(view.Files, () => view.Api) is not { } known)
        {
            return null;
        }

        var names = string.Join(", ", known.Names.Select(name => $"\"{name}\""));
        found.Note($"{(known.IsComplete ? "accepted" : "issuer")}: {names}, from {known.Origin}");
        if (known.Names.Contains(audience))
        {
            return true;
        }

        if (known.IsComplete)
        {
            found.Fail(
                $"the API server accepts {names} only: it answers 401 to tokens for \"{OneLine.Of(audience)}\"",
                Set(provider, known.Names[0])
            );
            return false;
        }

        found.Warn(
            $"the issuer is {names}, which is the audience that is accepted unless --api-audiences says otherwise",
            Set(provider, known.Names[0])
        );
        return null;
    }

    private static async Task<bool?> IsTokenAcceptedAsync(
        Findings found,
        NodeView view,
        Provider provider,
        string audience
    )
    {
        var (token, identity) = view.Account.RequireToken();
        var (aud, iss) = (string.Join(' ', identity.Audiences), identity.Issuer);
        found.Note($"the token is for \"{aud}\", issued by \"{iss}\"");
        var answer = await AccessReview.AskAsync(
            view.Api,
            token,
            new AccessQuestion("list", "secrets", identity.Namespace)
        );
        if (answer == AccessAnswer.TokenRejected)
        {
            found.Fail(
                identity.Audiences.Contains(audience)
                    ? $"the API server rejects a token for \"{OneLine.Of(audience)}\""
                    : $"the API server rejects the token, which is for \"{aud}\" and not for the config's audience",
                Set(provider, identity.Issuer ?? "https://kubernetes.default.svc.cluster.local")
            );
            return false;
        }

        if (identity.Audiences.Contains(audience))
        {
            found.Note("the API server accepts it");
            return true;
        }

        found.Warn(
            "the token is for another audience than the config's, so it proves nothing",
            Fix.Run(
                $"kubectl create token {identity.ServiceAccount ?? "default"} -n {identity.Namespace} --audience "
                    + $"{audience}"
            )
        );
        return null;
    }

    private static Fix[] Set(Provider provider, string audience) =>
        [
            Fix.Note($"in provider \"{provider.Name}\" of {provider.File}, and then restart the kubelet:"),
            Fix.Yaml($"serviceAccountTokenAudience: {audience}"),
            Fix.Note(
                "kubeadm: https://kubernetes.default.svc.cluster.local, OpenShift: https://kubernetes.default.svc"
            ),
        ];

    private static async Task<bool?> MayNodesAskAsync(Findings found, NodeView view, string audience)
    {
        if (view.Account.Token is null)
        {
            return null;
        }

        var (token, identity) = view.Account.RequireToken();
        var node = view.Files.ReadText("/etc/hostname")?.Trim().ToLowerInvariant();
        var answer = await AccessReview.AskAsync(
            view.Api,
            token,
            new AccessQuestion("request-serviceaccounts-token-audience", audience, identity.Namespace),
            new AccessSubject(
                $"system:node:{(string.IsNullOrEmpty(node) ? "any" : node)}",
                ["system:nodes", "system:authenticated"]
            )
        );
        switch (answer)
        {
            case AccessAnswer.Allowed:
                found.Note("nodes may request tokens for this audience");
                return true;
            case AccessAnswer.Denied:
                return false;
            default:
                return null;
        }
    }
}
