// SPDX-License-Identifier: Apache-2.0
namespace KubernetesApiStandIn;

/// <summary>A person or a node, identified by a token or by a client certificate with this common name.</summary>
/// <param name="Name">For example, <c>developer</c> or <c>system:node:n1</c>.</param>
/// <param name="Rules">The permissions from RBAC.</param>
public sealed record ApiUser(string Name, params ApiRule[] Rules)
{
    /// <summary>The node's name, which the Node authorizer reads from the user name; null for a person.</summary>
    public string? Node =>
        Name.StartsWith("system:node:", StringComparison.Ordinal) ? Name["system:node:".Length..] : null;

    /// <summary>A user with those rules of the built-in ClusterRole <c>edit</c> that the stand-in supports.</summary>
    public static ApiUser Editor(string name, string ns) =>
        new(
            name,
            new ApiRule("get", "pods", ns),
            new ApiRule("list", "events", ns),
            new ApiRule("list", "secrets", ns),
            new ApiRule("get", "serviceaccounts", ns),
            new ApiRule("create", "serviceaccounts/token", ns),
            new ApiRule("impersonate", "serviceaccounts", ns)
        );

    public bool May(string verb, string resource, string ns) =>
        Rules.Any(rule =>
            rule.Verb == verb && rule.Resource == resource && (rule.Namespace == "*" || rule.Namespace == ns)
        );
}

/// <summary>A permission.</summary>
/// <param name="Verb">For example, <c>list</c>.</param>
/// <param name="Resource">For example, <c>events</c>, or with a subresource <c>serviceaccounts/token</c>.</param>
/// <param name="Namespace">The namespace; <c>*</c> for all namespaces.</param>
public sealed record ApiRule(string Verb, string Resource, string Namespace);
