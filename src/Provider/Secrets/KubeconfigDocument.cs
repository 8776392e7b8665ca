// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The lists of a kubeconfig, looked up as in client-go (clientcmd, DirectClientConfig.getContext, getCluster and
/// getAuthInfo): an empty name is a name. Every problem is a <see cref="FormatException"/>.
/// </summary>
internal sealed class KubeconfigDocument
{
    private readonly Dictionary<string, object?> root;

    private KubeconfigDocument(Dictionary<string, object?> root, Dictionary<string, object?>? context) =>
        (this.root, Context) = (root, context);

    /// <summary>The current context; null if there is neither a current-context nor a context with an empty
    /// name.</summary>
    public Dictionary<string, object?>? Context { get; }

    /// <param name="bytes">YAML or JSON.</param>
    /// <exception cref="FormatException">
    /// The document is not a kubeconfig, or lacks the context that it names.
    /// </exception>
    public static KubeconfigDocument Parse(ReadOnlySpan<byte> bytes)
    {
        var root = Members(KubeconfigYaml.Read(bytes), "it");
        var name = Text(root, "current-context") ?? "";
        var context = Named(root, "contexts", "context", name);
        return context is null && name.Length > 0
            ? throw new FormatException($"its current-context \"{OneLine.Of(name)}\" is not one of its contexts")
            : new KubeconfigDocument(root, context);
    }

    /// <summary>The entry of that name in a list, without its name; null if there is none.</summary>
    /// <param name="list">For example <c>clusters</c>.</param>
    /// <param name="member">For example <c>cluster</c>.</param>
    /// <param name="name">May be empty.</param>
    public Dictionary<string, object?>? Named(string list, string member, string name) =>
        Named(root, list, member, name);

    /// <summary>The members of a mapping; null is an empty mapping.</summary>
    public static Dictionary<string, object?> Members(object? value, string what) =>
        value switch
        {
            null => [],
            Dictionary<string, object?> members => members,
            _ => throw new FormatException($"{what} is not a mapping"),
        };

    /// <summary>Null if the value is absent, null or empty, which client-go does not distinguish.</summary>
    public static string? Text(Dictionary<string, object?> members, string name) =>
        members.GetValueOrDefault(name) switch
        {
            null or "" => null,
            string text => text,
            _ => throw new FormatException($"its {name} is not a string"),
        };

    private static Dictionary<string, object?>? Named(
        Dictionary<string, object?> root,
        string list,
        string member,
        string name
    )
    {
        Dictionary<string, object?>? found = null;
        foreach (
            var item in root.GetValueOrDefault(list) switch
            {
                null => [],
                List<object?> items => items,
                _ => throw new FormatException($"its {list} are not a list"),
            }
        )
        {
            var entry = Members(item, $"an entry of its {list}");
            if ((Text(entry, "name") ?? "") == name)
            {
                // client-go rejects such a file (clientcmd/api/v1, Convert_Slice_v1_NamedCluster_To_Map).
                found = found is null
                    ? Members(entry.GetValueOrDefault(member), $"the {member} of \"{OneLine.Of(name)}\"")
                    : throw new FormatException($"two of its {list} are named \"{OneLine.Of(name)}\"");
            }
        }

        return found;
    }
}
