// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Mirrors;

/// <summary>The table <c>[aliases]</c> (containers/image sysregistriesv2 shortnames.go).</summary>
internal static class ShortNameAliases
{
    /// <returns>A null value removes an alias of an earlier file.</returns>
    /// <exception cref="ProviderException">A name is not a short name, or a value does not name a registry.</exception>
    public static Dictionary<string, RepositoryName?> Read(TomlMap root, TomlValues values)
    {
        Dictionary<string, RepositoryName?> aliases = new(StringComparer.Ordinal);
        if (values.Table(root, "aliases") is not { } table)
        {
            return aliases;
        }

        foreach (var (name, node) in table.Members)
        {
            if (node is not TomlScalar { Text: { } target })
            {
                throw values.Invalid(node, $"alias \"{OneLine.WithoutUser(name)}\" is not a string");
            }

            if (!IsShortName(name))
            {
                throw values.Invalid(
                    node,
                    $"alias \"{OneLine.WithoutUser(name)}\" is not a short name without registry and tag"
                );
            }

            aliases[name] =
                target.Length == 0
                    ? null
                    : Target(target)
                        ?? throw values.Invalid(
                            node,
                            $"alias \"{OneLine.WithoutUser(name)}\" is set to \"{OneLine.WithoutUser(target)}\", "
                                + "which names no registry"
                        );
        }

        return aliases;
    }

    /// <summary>
    /// Whether the text names a repository but not a registry: its first component is not certainly a host
    /// (validateShortName).
    /// </summary>
    private static bool IsShortName(string name)
    {
        var first = RepositoryName.HostOf(name);
        if (first.Length == name.Length || !RepositoryGrammar.IsHost(first))
        {
            return RepositoryGrammar.IsPath(name);
        }

        return !IsRegistry(first) && RepositoryGrammar.IsPath(name.AsSpan(first.Length + 1));
    }

    /// <summary>Null if the text does not name a registry (parseShortNameValue).</summary>
    private static RepositoryName? Target(string text) =>
        IsRegistry(RepositoryName.HostOf(text))
        && RepositoryName.TryNormalize(text, out var name, out var hasHost)
        && hasHost
            ? name
            : null;

    private static bool IsRegistry(ReadOnlySpan<char> host) => host.ContainsAny('.', ':') || host is "localhost";
}
