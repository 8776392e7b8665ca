// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>Reports problems of the registries.conf files themselves, independent of the registries in them.</summary>
internal static class RegistriesConfFindings
{
    /// <summary>
    /// How many remarks of one kind are printed. A file that belongs to another program can have thousands of unknown
    /// keys.
    /// </summary>
    private const int MaximumRemarks = 20;

    /// <param name="found">Receives the findings.</param>
    /// <param name="view">The node. Its registries.conf must be loaded.</param>
    public static void Add(Findings found, NodeView view)
    {
        LookAtFiles(found, view);
        LookAtShortNames(found, view);
        LookAtDirectories(found, view);
        LookAtIgnoredKeys(found, view);
        LookAtNewerToml(found, view);
    }

    private static void LookAtFiles(Findings found, NodeView view)
    {
        (string Path, TomlList List)? helpers = null;
        foreach (var (path, _, root) in view.RegistriesConfDocuments)
        {
            PathTrustFindings.Add(found, view.Files.Walk(path), "where CRI-O pulls from and where credentials go");
            // The list in the last file replaces those of earlier files.
            helpers = root.Find("credential-helpers") is TomlList list ? (path, list) : helpers;
        }

        LookAtHelpers(found, helpers);
    }

    /// <summary>
    /// Without "containers-auth.json" among the helpers, CRI-O reads no auth file, not even that of a namespace. An
    /// empty list is treated as unset.
    /// </summary>
    private static void LookAtHelpers(Findings found, (string Path, TomlList List)? helpers)
    {
        const string Needed = "containers-auth.json";
        if (
            helpers is ({ } path, { Items.Count: > 0 } list)
            && !list.Items.OfType<TomlScalar>().Any(item => item.Text == Needed)
        )
        {
            var all = list
                .Items.OfType<TomlScalar>()
                .Select(item => item.Text)
                .Append(Needed)
                .Select(item => $"\"{item}\"");
            found.Fail(
                $"{path}:{list.Line}: credential-helpers lacks \"{Needed}\": CRI-O reads no auth file",
                Fix.Note($"in {path}: credential-helpers = [{string.Join(", ", all)}]")
            );
        }
    }

    /// <summary>
    /// CRI-O reads the short-name cache only to resolve short names, so an invalid file does not prevent a pull by a
    /// full name.
    /// </summary>
    private static void LookAtShortNames(Findings found, NodeView view)
    {
        try
        {
            _ = RegistriesConfLoader.ReadShortNameCache(view.RegistriesConfPaths);
        }
        catch (ProviderException e)
        {
            var path = view.RegistriesConfPaths.ShortNameCache;
            found.Warn($"{e.Problem}: CRI-O refuses images without a registry", Fix.Run($"rm {path}"));
        }
    }

    /// <summary>
    /// Reports drop-ins that CRI-O ignores: those in a directory that is a link (filepath.WalkDir does not follow it),
    /// and those with another suffix.
    /// </summary>
    private static void LookAtDirectories(Findings found, NodeView view)
    {
        foreach (var directory in RegistriesConfFiles.DropInDirectories(view.RegistriesConfPaths))
        {
            if (view.Files.Walk(directory) is { IsLink: true, Target.Kind: FileKind.Directory })
            {
                found.Warn(
                    $"\"{directory}\" is a symbolic link: CRI-O reads no drop-in there",
                    Fix.Note($"replace the link \"{directory}\" by a directory that has the drop-ins")
                );
                continue;
            }

            foreach (
                var name in view.Files.Names(directory).Where(name => !name.EndsWith(".conf", StringComparison.Ordinal))
            )
            {
                if (view.Files.Find($"{directory}/{name}") is { Kind: FileKind.Regular })
                {
                    found.Warn(
                        $"CRI-O ignores \"{directory}/{name}\": the names of drop-ins end in .conf",
                        Fix.Note("rename the file, or remove it")
                    );
                }
            }
        }
    }

    /// <summary>CRI-O silently ignores unknown keys, and nearly all of them are mistakes.</summary>
    private static void LookAtIgnoredKeys(Findings found, NodeView view)
    {
        foreach (var remark in RegistriesConfReview.IgnoredKeys(view.RegistriesConfDocuments).Take(MaximumRemarks))
        {
            found.Warn(remark.Line, Fix.Note("correct the key: man containers-registries.conf"));
        }
    }

    /// <summary>Reports TOML 1.1 syntax: CRI-O 1.34 and 1.35.0 read TOML 1.0 (BurntSushi/toml 1.5.0).</summary>
    private static void LookAtNewerToml(Findings found, NodeView view)
    {
        if (
            view.CrioVersion is not { } crio
            || (crio.Version.Major, crio.Version.Minor, crio.Version.Patch).CompareTo((1, 35, 1)) >= 0
        )
        {
            return;
        }

        foreach (var remark in RegistriesConfReview.NewerForms(view.RegistriesConfDocuments).Take(MaximumRemarks))
        {
            found.Warn($"{remark.Line}, and CRI-O {crio.Version} rejects the file", Fix.Note("write it as TOML 1.0"));
        }
    }
}
