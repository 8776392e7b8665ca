// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.KubeletConfig;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>The wanted content of the kubelet's provider config, with or without this program.</summary>
internal sealed class WantedConfig(WantedPaths paths)
{
    public void Add(WantedState wanted)
    {
        var isDirectory = paths.Files.Observe(wanted.ConfigPath).Kind == FileStateKind.Directory;
        var path = isDirectory ? $"{wanted.ConfigPath}/{OwnProvider.Name}.yaml" : wanted.ConfigPath;
        var existing = paths.Files.Observe(path).IsAbsent ? null : paths.Reader.ReadText(path);
        paths.AddDirectories(Path.GetDirectoryName(path)!, PathRole.ProviderConfig);
        var (own, remarks) = OwnFor(wanted);

        // A deleted file takes other providers with it: those that were in it before the installation are kept.
        var text = TextFor(path, existing ?? paths.OriginalText(path), own, remarks);
        paths.AddFile(path, PathRole.ProviderConfig, text, existing);
    }

    private string TextFor(string path, string? existing, OwnProvider own, IReadOnlyList<string> remarks)
    {
        try
        {
            return ProviderConfigFile.With(path, existing, own, remarks);
        }
        catch (ProviderException)
            when (paths.IsRepair
                && IsPlaced(path, ProviderConfigFile.With(path, paths.OriginalText(path), own, remarks))
            )
        {
            // The edited file cannot be parsed, but the installed one had only our entry and those of the original, so
            // nothing of others is lost.
            return ProviderConfigFile.With(path, paths.OriginalText(path), own, remarks);
        }
    }

    private bool IsPlaced(string path, string text) =>
        paths.PlacedAt(path)?.Content == FileState.HashOf(Encoding.UTF8.GetBytes(text));

    private (OwnProvider Own, IReadOnlyList<string> Remarks) OwnFor(WantedState wanted)
    {
        var profile = Array.Find(Profile.All, profile => profile.Name == wanted.Profile)!;
        var match = wanted.MatchImages.Count > 0 ? new MatchImages(wanted.MatchImages, []) : MirroredImages();
        var own = new OwnProvider(match.Patterns, wanted.Audience ?? profile.Issuer)
        {
            Args = wanted.Args,
            Env = wanted.Env,
            AnnotationKeys = wanted.AnnotationKeys,
            AudienceRemarks = wanted.Audience is null ? [$"The audience is {profile.IssuerOrigin}."] : [],
        };
        return (own, match.Remarks);
    }

    private MatchImages MirroredImages()
    {
        var conf = RegistriesConfLoader.Load(
            new RegistriesConfPaths(null, null, "/root") { Files = paths.Reader.Reader }
        );
        var match = MatchImages.For(conf);
        if (match.Patterns.Count == 0)
        {
            paths.Refuse(
                "no registry in registries.conf has a mirror or another location, so matchImages would be empty",
                "configure a mirror first, or list images with --match-images"
            );
        }

        return match;
    }

    public void AddWithoutUs(IReadOnlyList<InstalledPath> installed)
    {
        foreach (
            var known in installed.Where(path =>
                path.Role == PathRole.ProviderConfig && path.Placed.Kind == FileStateKind.File
            )
        )
        {
            var now = paths.Files.Observe(known.Path);
            if (
                now.Kind == FileStateKind.File
                && now != known.Placed
                && paths.Reader.ReadText(known.Path) is { } existing
                && ProviderConfigFile.Without(known.Path, existing) is { } others
            )
            {
                // The file was edited since: keep everything but our entry.
                paths.AddFile(known.Path, PathRole.ProviderConfig, others, existing);
            }
        }
    }
}
