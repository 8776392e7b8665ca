// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP012: matches the namespace's pull secrets as a pull does, but against all mirrors of registries.conf at once.
/// </summary>
internal static class PullSecretsCheck
{
    public static readonly Check Row = new("CP012", "pull secrets", Run);

    private static CheckResult Run(NodeView view)
    {
        var mirrors = Places(view.RegistriesConf);
        if (mirrors.Count == 0)
        {
            return CheckResult.Skipped("registries.conf has no mirrors: see CP007");
        }

        var found = new Findings();
        var matcher = new CredentialMatcher(new PullSources(mirrors, null, IsRemapped: true), keepMisses: true);
        var (ns, count) = NamespaceSecrets.Add(found, view, matcher);
        var match = matcher.Complete();
        if (count == 0)
        {
            found.Warn(
                $"namespace \"{ns}\" has no secret of type {SecretDecoder.SecretType}",
                Fix.Run(
                    $"kubectl create secret docker-registry my-secret -n {ns} --docker-server={mirrors[0].Location} "
                        + $"--docker-username=USER --docker-password=PASSWORD"
                )
            );
        }

        foreach (var secret in match.Decisions)
        {
            var keys = secret
                .Keys.Where(key => key.Key.Length > 0)
                .Select(Text)
                .DefaultIfEmpty("no key that can be used");
            found.Note($"secret \"{secret.SecretName}\": {string.Join("; ", keys)}");
        }

        foreach (var notice in match.Notices)
        {
            found.Warn(notice.Message);
        }

        var content = AuthFileMerger.Merge(
            match,
            GlobalAuthFile(view),
            new PullSources(mirrors, null, IsRemapped: true)
        );
        foreach (
            var mirror in mirrors.Where(mirror =>
                !content.Serves(new PullSources([mirror], null, IsRemapped: true)) && !HasDeeper(match, mirror)
            )
        )
        {
            found.Warn(
                $"no secret of namespace \"{ns}\" has credentials for \"{mirror.Location}\": CRI-O pulls from there "
                    + "without"
            );
        }

        return found.ToResult(
            $"namespace \"{ns}\" has credentials for {string.Join(", ", mirrors.Select(mirror => mirror.Location))}"
        );
    }

    /// <summary>A key below a mirror's location serves some of its images.</summary>
    private static bool HasDeeper(MatchResult match, PullSource mirror) =>
        match.Credentials.Any(credential => RepositoryName.Covers(mirror.Location, credential.Registry));

    private static string Text(KeyDecision key) =>
        key.Fits.Count > 0
            ? $"\"{key.Key}\" for {string.Join(", ", key.Fits.Select(fit => fit.Source.Location).Distinct())}"
            : $"\"{key.Key}\" for no mirror";

    /// <summary>
    /// Every location in registries.conf as a mirror, so that keys below it match as well. CP007 reports those from
    /// which CRI-O cannot pull.
    /// </summary>
    private static List<PullSource> Places(RegistriesConf conf) =>
        [
            .. conf
                .Registries.SelectMany(entry =>
                    entry.Location.Length > 0 && entry.Location != entry.Prefix
                        ? entry.MirrorLocations.Append(entry.Location)
                        : entry.MirrorLocations
                )
                .Where(RepositoryName.CanBeginWith)
                .Distinct()
                .Select(location => new PullSource(
                    PullSourceKind.Mirror,
                    location,
                    RepositoryName.OfLocation(location)
                )),
        ];

    private static GlobalAuthFile GlobalAuthFile(NodeView view)
    {
        try
        {
            return GlobalAuthFileReader.Read(view.Settings.KubeletAuthFile, view.Files.Reader);
        }
        catch (ProviderException)
        {
            // CP008 reports what is wrong with the file.
            return AuthFile.GlobalAuthFile.Empty;
        }
    }
}
