using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>CP007: registries.conf and its drop-ins, as CRI-O reads them, and what in them keeps mirrors unused.</summary>
internal static class RegistriesConfCheck
{
    /// <summary>Remarks of one kind that are printed; a file of another program has thousands of unknown keys.</summary>
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
            found.Fail(e.Problem, e.Hint, "then: systemctl reload crio");
            return found.ToResult("");
        }

        ComparePaths(found, view);
        LookAtHelpers(found, view);
        LookAtShortNames(found, view);
        LookAtDirectories(found, view);
        LookAtIgnoredKeys(found, view);
        LookAtNewerToml(found, view);

        var mirrored = MirroredRegistry.All(conf);
        if (mirrored.Count == 0)
        {
            found.Warn(
                conf.Found ? "no registry has a mirror or another location: there is nothing to do for any image" : $"there is no \"{conf.MainPath}\" and no drop-in",
                "add a [[registry]] with a [[registry.mirror]]: man containers-registries.conf");
        }

        foreach (var entry in conf.Registries.Where(entry => mirrored.Any(m => m.Prefix == entry.Prefix)))
        {
            LookAt(found, entry);
        }

        return found.ToResult($"{mirrored.Count} {(mirrored.Count == 1 ? "registry is" : "registries are")} mirrored or moved");
    }

    /// <summary>A key that CRI-O ignores without a word is nearly always a slip.</summary>
    private static void LookAtIgnoredKeys(Findings found, NodeView view)
    {
        foreach (var remark in RegistriesConfReview.IgnoredKeys(view.RegistriesConfPaths).Take(MaximumRemarks))
        {
            found.Warn(remark.Line);
        }
    }

    /// <summary>CRI-O 1.34 and 1.35.0 read TOML 1.0 (BurntSushi/toml 1.5.0).</summary>
    private static void LookAtNewerToml(Findings found, NodeView view)
    {
        if (VersionSources.Crio(view) is not { } crio
            || (crio.Version.Major, crio.Version.Minor, crio.Version.Patch).CompareTo((1, 35, 1)) >= 0)
        {
            return;
        }

        foreach (var remark in NewerToml.Find(view.RegistriesConfPaths).Take(MaximumRemarks))
        {
            found.Warn($"{remark.Line}, and CRI-O {crio.Version} rejects the file", "write it as TOML 1.0");
        }
    }

    private static void LookAt(Findings found, RegistryEntry entry)
    {
        found.See(entry.MirrorLocations.Count > 0
            ? $"{entry.Prefix} ({entry.Origin}): {string.Join(", ", entry.Mirrors.Select(Text))}"
            : $"{entry.Prefix} ({entry.Origin}) is at {entry.Location}");
        if (entry.Mirrors.Count > 0 && entry.Mirrors.All(mirror => mirror.Use == MirrorUse.DigestsOnly))
        {
            found.Warn(
                $"the mirrors of \"{entry.Prefix}\" ({entry.Origin}) are used for images with a digest only: a pod with a tag is pulled from the registry itself",
                "if tags are to be mirrored: take out mirror-by-digest-only, or set pull-from-mirror = \"all\"");
        }

        var prefix = RepositoryName.OfLocation(entry.Prefix);
        if (prefix.Host == DockerHub.Name && prefix.Path.Length > 0 && !prefix.Path.Contains('/', StringComparison.Ordinal)
            && prefix.Path != DockerHub.Library.TrimEnd('/'))
        {
            found.See($"\"{entry.Prefix}\" does not match official images: CRI-O sees docker.io/library/NAME");
        }
    }

    private static string Text(RegistryMirror mirror) => mirror.Use switch
    {
        MirrorUse.DigestsOnly => $"{mirror.Location} (digests only)",
        MirrorUse.TagsOnly => $"{mirror.Location} (tags only)",
        _ => mirror.Location,
    };

    /// <summary>
    /// Without "containers-auth.json" among the helpers, CRI-O reads no auth file, of a namespace neither. The last file
    /// that has the list decides, and an empty list is none.
    /// </summary>
    private static void LookAtHelpers(Findings found, NodeView view)
    {
        var (path, list) = RegistriesConfLoader.ReadFiles(view.RegistriesConfPaths)
            .Select(file => (file.Path, List: TomlDocument.Parse(file.Path, file.Text).Find("credential-helpers") as TomlList))
            .LastOrDefault(file => file.List is not null);
        if (list is { Items.Count: > 0 } && !list.Items.OfType<TomlScalar>().Any(item => item.Text == "containers-auth.json"))
        {
            found.Fail(
                $"{path}:{list.Line}: credential-helpers lacks \"containers-auth.json\": CRI-O reads no auth file",
                $"in {path}: credential-helpers = [{string.Join(", ", list.Items.OfType<TomlScalar>().Select(item => $"\"{item.Text}\"").Append("\"containers-auth.json\""))}]");
        }
    }

    /// <summary>The machine's own aliases only count for short names: a bad file is no reason for a pull by a full name to fail.</summary>
    private static void LookAtShortNames(Findings found, NodeView view)
    {
        try
        {
            _ = RegistriesConfLoader.ReadShortNameCache(view.RegistriesConfPaths);
        }
        catch (ProviderException e)
        {
            found.Warn($"{e.Problem}: CRI-O refuses images without a registry", $"rm {ShellWord.Of(view.RegistriesConfPaths.ShortNameCache)}");
        }
    }

    /// <summary>Drop-ins behind a link are read by nobody (filepath.WalkDir of a link).</summary>
    private static void LookAtDirectories(Findings found, NodeView view)
    {
        foreach (var directory in RegistriesConfLoader.DropInDirectories(view.RegistriesConfPaths)
            .Where(directory => view.Files.Walk(directory) is { IsLink: true, Target.Kind: FileKind.Directory }))
        {
            found.Warn(
                $"\"{directory}\" is a symbolic link: CRI-O reads no drop-in there",
                $"replace the link {ShellWord.Of(directory)} by a directory that holds the drop-ins");
        }
    }

    /// <summary>CRI-O may be told to read another file than the provider reads.</summary>
    private static void ComparePaths(Findings found, NodeView view)
    {
        Compare("registries-conf", view.Crio.RegistriesConf, view.Settings.RegistriesConf);
        Compare("registries-conf-dir", view.Crio.RegistriesConfDir, view.Settings.RegistriesConfDir);

        void Compare(string flag, Sourced? crio, string? own)
        {
            if (crio?.Value != own && (crio is not null || view.Crio.Process is not null))
            {
                found.Fail(
                    $"CRI-O reads {(crio is null ? "its default" : $"\"{crio.Value}\" ({crio.Origin})")}, the provider {(own is null ? "the default" : $"\"{own}\"")}",
                    crio is null
                        ? $"take --{flag} out of args of the provider config, or CRIO_CP_{flag.ToUpperInvariant().Replace('-', '_')} out of its env"
                        : $"put under args of the provider config: \"--{flag}={crio.Value}\"");
            }
        }
    }
}
