// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>
/// What RBAC objects are called wherever this program prints them: what was made by one way is found, and not made
/// again, by another. The files of <c>deploy/examples</c> and the pages have the same names.
/// </summary>
internal static class RbacNames
{
    /// <summary>
    /// The ClusterRole and binding by which nodes may ask for tokens. Not the name that OpenShift's own ClusterRole
    /// has: that one is the platform's.
    /// </summary>
    public const string Nodes = "crio-credential-provider-nodes";

    /// <summary>
    /// The Role and RoleBinding of one service account in its namespace. An account's name cannot contain a colon:
    /// roles of different accounts never meet.
    /// </summary>
    public static string For(string? serviceAccount) => $"crio-credential-provider:{serviceAccount ?? "default"}";
}
