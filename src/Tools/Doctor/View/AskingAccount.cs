// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Report;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>The token that doctor was given to ask the API server with, and the account that it asks about.</summary>
internal sealed class AskingAccount(Node node, CommandInput input)
{
    private readonly Lazy<Secret?> token = new(() =>
        input.Text(DoctorOptions.TokenFile.Flag) is { } file
            ? new Secret(InputReader.ReadText(file, node).Trim())
            : null
    );

    /// <summary>A service account's token; null when none was given.</summary>
    public Secret? Token => token.Value;

    /// <param name="orElse">What would do instead, after the need for a token.</param>
    /// <exception cref="CheckSkippedException">None was given, or one of another kind.</exception>
    public (Secret Token, PodIdentity Identity) RequireToken(string orElse = "")
    {
        var create = Fix.Run(
            $"kubectl create token SERVICEACCOUNT -n NAMESPACE --audience AUDIENCE | crio-credential-provider doctor "
                + $"--token-file -"
        );
        if (Token is not { } given)
        {
            throw new CheckSkippedException(
                "it needs a token of the pods' service account" + orElse,
                isUndetermined: false,
                create
            );
        }

        try
        {
            return (given, TokenParser.Parse(given));
        }
        catch (ProviderException e) when (e.Reason == Reasons.TokenMalformed)
        {
            // The hint of a run would blame the kubelet's config, which has nothing to do with this file.
            throw new CheckSkippedException(
                $"--token-file does not have a token of a pod: {e.Problem}",
                isUndetermined: true,
                create
            );
        }
    }

    /// <summary>The namespace and service account that were asked for, else the token's own.</summary>
    /// <exception cref="CheckSkippedException">One of them is not a name.</exception>
    public (string Namespace, string Account) AskedFor(PodIdentity identity)
    {
        var ns = input.Text(DoctorOptions.Namespace.Flag) ?? identity.Namespace;
        var account = input.Text(DoctorOptions.ServiceAccount.Flag)
            ?? (ns == identity.Namespace ? identity.ServiceAccount : null)
            ?? "default";
        return NamespaceName.IsValid(ns) && SecretName.IsValid(account)
            ? (ns, account)
            : throw new CheckSkippedException(
                $"--namespace \"{OneLine.Of(ns)}\" or --service-account \"{OneLine.Of(account)}\" is not a name",
                isUndetermined: true
            );
    }
}
