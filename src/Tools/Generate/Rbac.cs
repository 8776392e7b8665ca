// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>Generates the RBAC objects as YAML documents.</summary>
internal static class Rbac
{
    private const string Group = "rbac.authorization.k8s.io";

    private const string ServiceAccountsRule = """
        - apiGroups:
          - ""
          resources:
          - serviceaccounts
          verbs:
          - get
          - list

        """;

    /// <summary>
    /// Permits the group of all nodes to request tokens for one audience (kubernetes
    /// plugin/pkg/admission/noderestriction validateNodeServiceAccountAudience: the audience is the resource of the
    /// access check).
    /// </summary>
    /// <param name="audience">As in the provider config.</param>
    /// <param name="withServiceAccounts">For API servers before 1.34, whose node authorizer does not permit nodes to
    /// read service accounts.</param>
    public static string ForNodes(string audience, bool withServiceAccounts = false) =>
        $"""
            apiVersion: {Group}/v1
            kind: ClusterRole
            metadata:
              name: {RbacNames.Nodes}
            rules:
            - apiGroups:
              - ""
              resources:
              - {YamlText.Scalar(audience)}
              verbs:
              - request-serviceaccounts-token-audience
            {(withServiceAccounts ? ServiceAccountsRule : "")}---
            apiVersion: {Group}/v1
            kind: ClusterRoleBinding
            metadata:
              name: {RbacNames.Nodes}
            roleRef:
              apiGroup: {Group}
              kind: ClusterRole
              name: {RbacNames.Nodes}
            subjects:
            - apiGroup: {Group}
              kind: Group
              name: system:nodes

            """;

    /// <summary>Comment lines to print before <see cref="ForNodes"/>.</summary>
    public static string RemarksForNodes(TokenAudience audience) =>
        YamlText.Comments(
            0,
            [
                "Lets each kubelet request service account tokens for this one audience, which is that of the provider "
                    + "config.",
                .. audience.Remarks,
                "For an API server of version 1.33 only, add serviceaccounts with get and list; since 1.34 the node "
                    + "authorizer allows them.",
            ]
        );

    /// <summary>
    /// Permits a service account to list the secrets of its namespace, or only to get the named ones.
    /// </summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="serviceAccount">The pods' service account.</param>
    /// <param name="secrets">In order, without duplicates; empty for all.</param>
    /// <param name="withItself">Whether the service account may get itself. The program then reads the names from its
    /// <c>imagePullSecrets</c>.</param>
    public static string ForServiceAccount(
        string ns,
        string serviceAccount,
        IReadOnlyList<string> secrets,
        bool withItself = false
    )
    {
        var name = YamlText.Scalar(RbacNames.For(serviceAccount));
        return $"""
            apiVersion: {Group}/v1
            kind: Role
            metadata:
              name: {name}
              namespace: {YamlText.Scalar(ns)}
            rules:
            - apiGroups:
              - ""
              resources:
              - secrets
            {(secrets.Count == 0 ? "" : $"  resourceNames:\n{YamlText.Sequence(2, secrets)}")}  verbs:
              - get
            {(secrets.Count == 0 ? "  - list\n" : "")}{(withItself ? ItselfRule(serviceAccount) : "")}---
            apiVersion: {Group}/v1
            kind: RoleBinding
            metadata:
              name: {name}
              namespace: {YamlText.Scalar(ns)}
            roleRef:
              apiGroup: {Group}
              kind: Role
              name: {name}
            subjects:
            - kind: ServiceAccount
              name: {YamlText.Scalar(serviceAccount)}
              namespace: {YamlText.Scalar(ns)}

            """;
    }

    /// <summary>Comment lines to print before <see cref="ForServiceAccount"/>.</summary>
    /// <inheritdoc cref="ForServiceAccount"/>
    public static string RemarksForServiceAccount(
        string ns,
        string serviceAccount,
        IReadOnlyList<string> secrets,
        bool withItself = false
    ) =>
        secrets.Count == 0 ? ListRemarks(ns, serviceAccount)
        : withItself ? PullSecretsRemarks(ns, serviceAccount, secrets)
        : NamedRemarks(ns, serviceAccount, secrets);

    private static string ItselfRule(string serviceAccount) =>
        $"""
            - apiGroups:
              - ""
              resources:
              - serviceaccounts
              resourceNames:
              - {YamlText.Scalar(serviceAccount)}
              verbs:
              - get

            """;

    private static string ListRemarks(string ns, string serviceAccount) =>
        YamlText.Comments(
            0,
            [
                $"Lets pods with service account {serviceAccount} of namespace {ns} read the secrets of their "
                    + "namespace: the program",
                "lists them with the pod's own token. To permit less, name the secrets (--secret).",
            ]
        );

    private static string NamedRemarks(string ns, string serviceAccount, IReadOnlyList<string> secrets) =>
        YamlText.Comments(
            0,
            [
                $"Lets pods with service account {serviceAccount} of namespace {ns} get these secrets, but not list "
                    + "any. The program reads",
                "their names from an annotation, which the kubelet passes on if its config was generated with "
                    + "--annotations:",
                $"kubectl annotate serviceaccount -n {ns} {serviceAccount} --overwrite "
                    + $"{PullSecretsAnnotation.Key}={string.Join(',', secrets)}",
            ]
        );

    private static string PullSecretsRemarks(string ns, string serviceAccount, IReadOnlyList<string> secrets)
    {
        var references = string.Join(',', secrets.Select(name => $"{{\"name\":\"{name}\"}}"));
        return YamlText.Comments(
            0,
            [
                $"Lets pods with service account {serviceAccount} of namespace {ns} get the service account and these "
                    + "secrets. The",
                "program reads the names from the service account's imagePullSecrets; no annotation is needed:",
                $"kubectl patch serviceaccount -n {ns} {serviceAccount} -p '{{\"imagePullSecrets\":[{references}]}}'",
            ]
        );
    }
}
