// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Report;

namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>The token with which doctor queries the API server, and the account that it asks about.</summary>
internal sealed class AskingAccount(Node node, CommandInput input)
{
    private readonly Lazy<Secret?> token = new(() =>
        input.Text(DoctorOptions.TokenFile.Flag) is { } file
            ? new Secret(InputReader.ReadText(file, node).Trim())
            : null
    );

    /// <summary>The service account's token; null if none was given.</summary>
    public Secret? Token => token.Value;

    /// <param name="orElse">An alternative to the token, for the message.</param>
    /// <exception cref="CheckSkippedException">No token was given, or it is not a service account's.</exception>
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
            // The default hint would blame the kubelet's config, which has nothing to do with this file.
            throw new CheckSkippedException(
                $"--token-file does not have a token of a pod: {e.Problem}",
                isUndetermined: true,
                create
            );
        }
    }

    /// <summary>The namespace and service account from the command line, else the token's own.</summary>
    /// <exception cref="CheckSkippedException">One of them is not a valid name.</exception>
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
