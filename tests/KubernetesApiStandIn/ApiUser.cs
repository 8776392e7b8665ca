// SPDX-License-Identifier: Apache-2.0
namespace KubernetesApiStandIn;

/// <summary>A person or a node, known by a token or by a client certificate with this common name.</summary>
/// <param name="Name">Such as <c>developer</c> or <c>system:node:n1</c>.</param>
/// <param name="Rules">What RBAC permits.</param>
public sealed record ApiUser(string Name, params ApiRule[] Rules)
{
    /// <summary>A node's name, as the Node authorizer reads it from the user; null for a person.</summary>
    public string? Node =>
        Name.StartsWith("system:node:", StringComparison.Ordinal) ? Name["system:node:".Length..] : null;

    /// <summary>Somebody with the part of the built-in ClusterRole <c>edit</c> that the stand-in knows.</summary>
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
/// <param name="Verb">Such as <c>list</c>.</param>
/// <param name="Resource">Such as <c>events</c>, or with its subresource <c>serviceaccounts/token</c>.</param>
/// <param name="Namespace">Where; <c>*</c> is everywhere.</param>
public sealed record ApiRule(string Verb, string Resource, string Namespace);
