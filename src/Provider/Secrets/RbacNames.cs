// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The names of RBAC objects in everything that this program prints, so that one command finds what another has
/// created. The files of <c>deploy/examples</c> and the pages use the same names.
/// </summary>
internal static class RbacNames
{
    /// <summary>
    /// The ClusterRole and ClusterRoleBinding that allow nodes to request tokens. The name differs from OpenShift's own
    /// ClusterRole, which belongs to the platform.
    /// </summary>
    public const string Nodes = "crio-credential-provider-nodes";

    /// <summary>
    /// The Role and RoleBinding of one service account in its namespace. An account's name cannot contain a colon, so
    /// roles of different accounts never collide.
    /// </summary>
    public static string For(string? serviceAccount) => $"crio-credential-provider:{serviceAccount ?? "default"}";
}
