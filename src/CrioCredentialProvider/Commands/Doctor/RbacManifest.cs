using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Commands.Doctor;

/// <summary>The least rights that are needed, as lines for <c>kubectl apply -f -</c>.</summary>
internal static class RbacManifest
{
    /// <summary>Lets every kubelet ask for tokens of one audience.</summary>
    /// <param name="audience">As in the provider config.</param>
    /// <param name="withServiceAccounts">For API servers before 1.34, whose node authorizer does not allow it by itself.</param>
    public static string[] ForNodes(string audience, bool withServiceAccounts) =>
    [
        "kubectl apply -f - <<'EOF'",
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: ClusterRole",
        "metadata:",
        $"  name: {RbacNames.Nodes}",
        "rules:",
        "- apiGroups: [\"\"]",
        $"  resources: [{Generate.YamlText.Scalar(audience)}]",
        "  verbs: [\"request-serviceaccounts-token-audience\"]",
        .. withServiceAccounts
            ? (string[])["- apiGroups: [\"\"]", "  resources: [\"serviceaccounts\"]", "  verbs: [\"get\", \"list\"]"]
            : [],
        "---",
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: ClusterRoleBinding",
        "metadata:",
        $"  name: {RbacNames.Nodes}",
        "roleRef:",
        "  apiGroup: rbac.authorization.k8s.io",
        "  kind: ClusterRole",
        $"  name: {RbacNames.Nodes}",
        "subjects:",
        "- apiGroup: rbac.authorization.k8s.io",
        "  kind: Group",
        "  name: system:nodes",
        "EOF",
    ];

    /// <summary>Lets the pods of one service account read the secrets of their namespace.</summary>
    public static string[] ForNamespace(string ns, string serviceAccount) =>
    [
        "kubectl apply -f - <<'EOF'",
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: Role",
        "metadata:",
        $"  name: {RbacNames.For(serviceAccount)}",
        $"  namespace: {ns}",
        "rules:",
        "- apiGroups: [\"\"]",
        "  resources: [\"secrets\"]",
        "  verbs: [\"get\", \"list\"]",
        "---",
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: RoleBinding",
        "metadata:",
        $"  name: {RbacNames.For(serviceAccount)}",
        $"  namespace: {ns}",
        "roleRef:",
        "  apiGroup: rbac.authorization.k8s.io",
        "  kind: Role",
        $"  name: {RbacNames.For(serviceAccount)}",
        "subjects:",
        "- kind: ServiceAccount",
        $"  name: {serviceAccount}",
        $"  namespace: {ns}",
        "EOF",
        "or only some secrets, by their names: docs/how-to/named-secrets.md",
    ];
}
