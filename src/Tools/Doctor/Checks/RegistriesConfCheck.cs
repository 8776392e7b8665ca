// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
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

        found.Note($"read: {string.Join(", ", conf.FilesRead.DefaultIfEmpty("no registries.conf and no drop-in"))}");
        ComparePaths(found, view);
        RegistriesConfFindings.Add(found, view);
        var mirrored = MirroredRegistry.All(conf);
        if (conf.MissingMain is { } missing)
        {
            found.Warn(
                missing,
                Fix.Note(
                    "correct or remove --registries-conf in args of the provider config, or CRIO_CP_REGISTRIES_CONF in "
                        + "its env"
                )
            );
        }
        else if (mirrored.Count == 0)
        {
            found.Warn(
                conf.Found
                    ? "no registry has a mirror or another location: there is nothing to do for any image"
                    : $"there is no \"{conf.MainPath}\" and no drop-in",
                Fix.Note("add a [[registry]] with a [[registry.mirror]]: man containers-registries.conf")
            );
        }

        HashSet<string> prefixes = [.. mirrored.Select(registry => registry.Prefix)];
        foreach (var entry in conf.Registries)
        {
            LookAtLocations(found, entry);
            if (prefixes.Contains(entry.Prefix))
            {
                LookAt(found, entry);
            }
        }

        return found.ToResult(
            $"{mirrored.Count} {(mirrored.Count == 1 ? "registry is" : "registries are")} mirrored or moved"
        );
    }

    /// <summary>
    /// containers/image checks a location only when it has applied it to an image, and then fails the pull. A location
    /// has no credentials: a name with user and password is not a repository name.
    /// </summary>
    private static void LookAtLocations(Findings found, RegistryEntry entry)
    {
        foreach (
            var location in entry
                .MirrorLocations.Append(entry.Location)
                .Append(entry.IsWildcard ? "" : entry.Prefix)
                .Where(location => location.Length > 0 && !RepositoryName.CanBeginWith(location))
                .Distinct()
        )
        {
            var what = $"\"{OneLine.WithoutUser(location)}\" ({entry.Origin})";
            if (OneLine.HasUser(location))
            {
                found.Fail(
                    $"{what} contains a user or password: CRI-O does not support that, and cannot use the registry",
                    Fix.Note("remove the credentials from the file, and put them into a pull secret of the namespace")
                );
            }
            else
            {
                found.Fail(
                    $"{what} is not a host with an optional port and path: CRI-O cannot use the registry",
                    Fix.Note("a host has a dot or a port, or is localhost; a path is in lower case")
                );
            }
        }
    }

    private static void LookAt(Findings found, RegistryEntry entry)
    {
        var prefix = OneLine.WithoutUser(entry.Prefix);
        found.Note(
            entry.MirrorLocations.Count > 0
                ? $"{prefix} ({entry.Origin}): {string.Join(", ", entry.Mirrors.Select(Text))}"
                : $"{prefix} ({entry.Origin}) is at {OneLine.WithoutUser(entry.Location)}"
        );
        if (entry.Mirrors.Count > 0 && entry.Mirrors.All(mirror => mirror.Use == MirrorUse.DigestsOnly))
        {
            found.Warn(
                $"the mirrors of \"{prefix}\" ({entry.Origin}) are used for images with a digest only: an image "
                    + "with a tag "
                    + "is pulled from the registry itself",
                Fix.Note("to mirror tags: remove mirror-by-digest-only, or set pull-from-mirror = \"all\"")
            );
        }

        var name = RepositoryName.OfLocation(entry.Prefix);
        if (
            name.Host == DockerHub.Name
            && name.Path.Length > 0
            && !name.Path.Contains('/', StringComparison.Ordinal)
            && name.Path != DockerHub.Library.TrimEnd('/')
        )
        {
            found.Note($"\"{prefix}\" does not match official images: CRI-O sees docker.io/library/NAME");
        }
    }

    private static string Text(RegistryMirror mirror) =>
        mirror.Use switch
        {
            MirrorUse.DigestsOnly => $"{OneLine.WithoutUser(mirror.Location)} (digests only)",
            MirrorUse.TagsOnly => $"{OneLine.WithoutUser(mirror.Location)} (tags only)",
            _ => OneLine.WithoutUser(mirror.Location),
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

            var variable = OptionTable.Options.Single(option => option.Flag == flag).EnvironmentVariable;
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
