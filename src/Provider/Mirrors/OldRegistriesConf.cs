// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>
/// Version 1 of registries.conf: lists of search, insecure and blocked registries (sysregistriesv2 V1RegistriesConf,
/// ConvertToV2). It has no mirrors.
/// </summary>
/// <param name="Node">The table <c>registries</c>, for its position.</param>
/// <param name="Search">Null if the list is not set.</param>
/// <param name="Registries">Blocked registries first.</param>
internal sealed record OldRegistriesConf(
    TomlMap Node,
    List<(string Text, TomlNode Node)>? Search,
    IReadOnlyList<RegistryEntry> Registries
)
{
    /// <returns>Null if the file has none of the lists, because a table without them is not version 1.</returns>
    /// <exception cref="Diagnostics.ProviderException">A value has the wrong type or is not a location.</exception>
    public static OldRegistriesConf? Read(TomlMap root, TomlValues values)
    {
        if (values.Table(root, "registries") is not { } table)
        {
            return null;
        }

        var (block, insecure, search) = (List("block"), List("insecure"), List("search"));
        return block is null && insecure is null && search is null
            ? null
            : new OldRegistriesConf(
                table,
                search,
                [.. Entries(block ?? [], isBlocked: true), .. Entries(insecure ?? [], isBlocked: false)]
            );

        List<(string Text, TomlNode Node)>? List(string section) =>
            values.Table(table, section) is { } list ? values.Strings(list, "registries") : null;

        IEnumerable<RegistryEntry> Entries(List<(string Text, TomlNode Node)> list, bool isBlocked) =>
            list.Select(item => Entry(item, isBlocked));

        RegistryEntry Entry((string Text, TomlNode Node) item, bool isBlocked)
        {
            var location = values.Location(item.Node, item.Text);
            return location.Length > 0
                ? new RegistryEntry(location, location, [], values.Origin(item.Node)) { IsBlocked = isBlocked }
                : throw values.Invalid(item.Node, "a registry needs a location");
        }
    }

    /// <exception cref="Diagnostics.ProviderException">The file is a drop-in, or also uses the new format.</exception>
    public void Check(TomlMap root, TomlValues values, bool isDropIn)
    {
        if (isDropIn)
        {
            throw values.Invalid(Node, "the old format with [registries.…] tables is not accepted in a drop-in");
        }

        if (HasNewFormat(root, values))
        {
            throw values.Invalid(Node, "the file mixes the old and the new format");
        }
    }

    /// <summary>Whether any value of version 2 is set, even to an empty list (V2RegistriesConf.hasSetField).</summary>
    private static bool HasNewFormat(TomlMap root, TomlValues values) =>
        root.Find("registry") is not null
        || root.Find("unqualified-search-registries") is not null
        || root.Find("credential-helpers") is not null
        || root.Find("aliases") is not null
        || values.Text(root, "short-name-mode") is { Length: > 0 }
        || values.Text(root, "additional-layer-store-auth-helper") is { Length: > 0 };
}
