// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP007: reads registries.conf and its drop-ins as CRI-O does, and reports settings that make CRI-O ignore mirrors,
/// and users who can write the files and so decide where CRI-O sends credentials.
/// </summary>
internal static class RegistriesConfCheck
{
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
        RegistriesConfFindings.Add(found, view);
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

        HashSet<string> prefixes = [.. mirrored.Select(registry => registry.Prefix)];
        foreach (var entry in conf.Registries.Where(entry => prefixes.Contains(entry.Prefix)))
        {
            LookAt(found, entry);
        }

        return found.ToResult(
            $"{mirrored.Count} {(mirrored.Count == 1 ? "registry is" : "registries are")} mirrored or moved"
        );
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
