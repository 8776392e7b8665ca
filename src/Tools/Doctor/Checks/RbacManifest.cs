// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Generate;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// The least permissions that are needed, as <c>generate rbac</c> prints them, for <c>kubectl apply</c>.
/// </summary>
internal static class RbacManifest
{
    /// <summary>Permits every kubelet to request tokens for one audience.</summary>
    /// <param name="audience">As in the provider config.</param>
    /// <param name="withServiceAccounts">For API servers before 1.34.</param>
    public static Fix ForNodes(string audience, bool withServiceAccounts) =>
        Fix.Apply(Rbac.ForNodes(audience, withServiceAccounts));

    /// <summary>
    /// Permits the pods of one service account to list the secrets of their namespace, or to get some of them.
    /// </summary>
    public static Fix[] ForNamespace(string ns, string serviceAccount) =>
        [
            Fix.Apply(Rbac.ForServiceAccount(ns, serviceAccount, [])),
            Fix.Note("or only for secrets that are named:"),
            ForNamed(ns, serviceAccount),
        ];

    /// <summary>Prints the Role for named secrets.</summary>
    public static Fix ForNamed(string ns, string serviceAccount) =>
        Fix.Run(
            $"crio-credential-provider generate rbac --namespace {ns} --service-account {serviceAccount} --secret NAME"
        );
}
