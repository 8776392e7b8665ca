// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP007: registries.conf and its drop-ins, as CRI-O reads them: what in them keeps mirrors unused, and who can write
/// them, and so decides where images and credentials go.
/// </summary>
internal static class RegistriesConfCheck
{
    /// <summary>Remarks of one kind that are printed; a file of another program has thousands of unknown
    /// keys.</summary>
    private const int MaximumRemarks = 20;

    public static readonly Check Row = new("CP007", "registries.conf", Run);

    private static CheckResult Run(NodeView view)
    {
        var found = new Findings();
        RegistriesConf conf;
        try
        {
            conf = view.LoadRegistriesConf();
        }
        catch (ProviderException e)
        {
            found.Fail(e.Problem, Fix.Note(e.Hint), Fix.Run($"systemctl reload crio"));
            return found.ToResult("");
        }

        ComparePaths(found, view);
        LookAtFiles(found, view);
        LookAtShortNames(found, view);
        LookAtDirectories(found, view);
        LookAtIgnoredKeys(found, view);
        LookAtNewerToml(found, view);

        var mirrored = MirroredRegistry.All(conf);
        if (mirrored.Count == 0)
        {
            found.Warn(
                conf.Found
                    ? "no registry has a mirror or another location: there is nothing to do for any image"
                    : $"there is no \"{conf.MainPath}\" and no drop-in",
                Fix.Note("add a [[registry]] with a [[registry.mirror]]: man containers-registries.conf")
            );
        }

        foreach (var entry in conf.Registries.Where(entry => mirrored.Any(m => m.Prefix == entry.Prefix)))
        {
            LookAt(found, entry);
        }

        return found.ToResult(
            $"{mirrored.Count} {(mirrored.Count == 1 ? "registry is" : "registries are")} mirrored or moved"
        );
    }

    /// <summary>A key that CRI-O ignores without a word is nearly always a slip.</summary>
    private static void LookAtIgnoredKeys(Findings found, NodeView view)
    {
        foreach (var remark in RegistriesConfReview.IgnoredKeys(view.RegistriesConfPaths).Take(MaximumRemarks))
        {
            found.Warn(remark.Line, Fix.Note("correct the key: man containers-registries.conf"));
        }
    }

    /// <summary>CRI-O 1.34 and 1.35.0 read TOML 1.0 (BurntSushi/toml 1.5.0).</summary>
    private static void LookAtNewerToml(Findings found, NodeView view)
    {
        if (
            view.CrioVersion is not { } crio
            || (crio.Version.Major, crio.Version.Minor, crio.Version.Patch).CompareTo((1, 35, 1)) >= 0
        )
        {
            return;
        }

        foreach (var remark in NewerToml.Find(view.RegistriesConfPaths).Take(MaximumRemarks))
        {
            found.Warn($"{remark.Line}, and CRI-O {crio.Version} rejects the file", Fix.Note("write it as TOML 1.0"));
        }
    }

    private static void LookAt(Findings found, RegistryEntry entry)
    {
        found.See(
            entry.MirrorLocations.Count > 0
                ? $"{entry.Prefix} ({entry.Origin}): {string.Join(", ", entry.Mirrors.Select(Text))}"
                : $"{entry.Prefix} ({entry.Origin}) is at {entry.Location}"
        );
        if (entry.Mirrors.Count > 0 && entry.Mirrors.All(mirror => mirror.Use == MirrorUse.DigestsOnly))
        {
            found.Warn(
                $"the mirrors of \"{entry.Prefix}\" ({entry.Origin}) are used for images with a digest only: an image "
                    + "with a tag "
                    + "is pulled from the registry itself",
                Fix.Note("to mirror tags: remove mirror-by-digest-only, or set pull-from-mirror = \"all\"")
            );
        }

        var prefix = RepositoryName.OfLocation(entry.Prefix);
        if (
            prefix.Host == DockerHub.Name
            && prefix.Path.Length > 0
            && !prefix.Path.Contains('/', StringComparison.Ordinal)
            && prefix.Path != DockerHub.Library.TrimEnd('/')
        )
        {
            found.See($"\"{entry.Prefix}\" does not match official images: CRI-O sees docker.io/library/NAME");
        }
    }

    private static string Text(RegistryMirror mirror) =>
        mirror.Use switch
        {
            MirrorUse.DigestsOnly => $"{mirror.Location} (digests only)",
            MirrorUse.TagsOnly => $"{mirror.Location} (tags only)",
            _ => mirror.Location,
        };

    private static void LookAtFiles(Findings found, NodeView view)
    {
        (string Path, TomlList List)? helpers = null;
        foreach (var (path, text, _) in RegistriesConfLoader.ReadFiles(view.RegistriesConfPaths))
        {
            var root = TomlDocument.Parse(path, text);
            PathTrustFindings.Add(found, view.Files.Walk(path), "where CRI-O pulls from and where credentials go");
            // The last file that has the list decides.
            helpers = root.Find("credential-helpers") is TomlList list ? (path, list) : helpers;
        }

        LookAtHelpers(found, helpers);
    }

    /// <summary>
    /// Without "containers-auth.json" among the helpers, CRI-O reads no auth file, not even that of a namespace. An
    /// empty list is none.
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

    /// <summary>The machine's own aliases affect only short names: a bad file does not stop a pull by a full
    /// name.</summary>
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

    /// <summary>Drop-ins in a directory behind a link (filepath.WalkDir of a link), and those of another
    /// suffix.</summary>
    private static void LookAtDirectories(Findings found, NodeView view)
    {
        foreach (var directory in RegistriesConfLoader.DropInDirectories(view.RegistriesConfPaths))
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

    /// <summary>CRI-O may be configured to read another file than the provider reads.</summary>
    private static void ComparePaths(Findings found, NodeView view)
    {
        Compare("registries-conf", view.Crio.RegistriesConf, view.Settings.RegistriesConf);
        Compare("registries-conf-dir", view.Crio.RegistriesConfDir, view.Settings.RegistriesConfDir);

        void Compare(string flag, ValueWithOrigin? crio, string? own)
        {
            if (crio?.Value == own || (crio is null && view.Crio.Process is null))
            {
                return;
            }

            var variable = "CRIO_CP_" + flag.ToUpperInvariant().Replace('-', '_');
            found.Fail(
                $"CRI-O reads {(crio is null ? "its default" : $"\"{crio.Value}\" ({crio.Origin})")}, "
                    + $"the provider {(own is null ? "the default" : $"\"{own}\"")}",
                crio is null
                    ? [Fix.Note($"remove --{flag} from args of the provider config, or {variable} from its env")]
                    : ArgsFix.Put(flag, crio.Value)
            );
        }
    }
}
