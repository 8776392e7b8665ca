// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>
/// A secret's docker config, and the same bytes as the kubelet's own file: read, matched against pull sources, merged
/// and written as CRI-O will read it.
/// </summary>
internal static class DockerConfigTarget
{
    private static readonly PullSources Sources = new(
        [
            new PullSource(
                PullSourceKind.Mirror,
                "localhost:5000",
                RepositoryName.OfLocation("localhost:5000/library/nginx")
            ),
            new PullSource(PullSourceKind.Mirror, "m.io/hub", RepositoryName.OfLocation("m.io/hub/library/nginx")),
            new PullSource(PullSourceKind.Registry, "docker.io", RepositoryName.OfLocation("docker.io/library/nginx")),
        ],
        null,
        false
    );

    private static readonly string NodesFile = Path.Combine(
        Path.GetTempPath(),
        $"crio-cp-fuzz-{Environment.ProcessId}.json"
    );

    public static void Run(byte[] input)
    {
        ReadEntries(input);
        Merge(Match(input), ReadAsNodesFile(input));
    }

    private static void ReadEntries(byte[] input)
    {
        IReadOnlyList<DockerConfigEntry> entries;
        try
        {
            entries = DockerConfigReader.Read(input, _ => true, out var problem);
            Oracle.IsLine(problem ?? "", "why a docker config has no entries");
        }
        catch (FormatException e)
        {
            Oracle.IsLine(e.Message, "what is wrong with a docker config");
            return;
        }

        foreach (var entry in entries)
        {
            Oracle.Holds(entry.Credential is null || entry.Problem is null, "an entry has a credential or a problem");
            Oracle.IsLine(entry.Problem ?? "", "what is wrong with an entry");
            if (RegistryKey.TryParse(entry.Key, out var key))
            {
                Oracle.IsLine(key.ToString()[..Math.Min(key.ToString().Length, 1024)], "a normalised key");
                Oracle.Holds(
                    key.Host.Length > 0
                        && !key.Host.Contains('/')
                        && !key.Path.StartsWith('/')
                        && !key.Path.EndsWith('/')
                        && !key.ToString().Contains('@'),
                    "a normalised key is a host and a path, without user and password"
                );
            }
        }
    }

    private static MatchResult Match(byte[] input)
    {
        Oracle.Holds(
            Oracle.Succeeds(
                () =>
                {
                    var matcher = new CredentialMatcher(Sources, keepMisses: true);
                    matcher.Add(new PullSecret("secret", input));
                    return matcher.Complete();
                },
                input.Length,
                512,
                out var match
            ),
            "a secret never fails the run"
        );
        Oracle.AreLines(match.Notices);
        Oracle.Holds(match.Notices.Count <= 50, "a secret costs at most 50 lines");
        foreach (var decision in match.Decisions.SelectMany(decision => decision.Keys))
        {
            Oracle.IsLine(decision.Key, "a key as it is told");
        }

        foreach (var applied in match.Credentials)
        {
            var isFitting = Sources.Sources.Any(source =>
                IsSameOrBelow(source.Reference.Text, applied.Registry)
                || (source.Kind == PullSourceKind.Mirror && IsSameOrBelow(applied.Registry, source.Location))
            );
            Oracle.Holds(isFitting, $"\"{applied.Registry}\" has to do with a pull source");
        }

        return match;
    }

    private static GlobalAuthFile ReadAsNodesFile(byte[] input)
    {
        File.WriteAllBytes(NodesFile, input);
        try
        {
            return Oracle.Succeeds(
                () => GlobalAuthFileReader.Read(NodesFile),
                input.Length,
                512,
                out var global,
                Reasons.GlobalAuthFileUnusable
            )
                ? global
                : GlobalAuthFile.Empty;
        }
        finally
        {
            File.Delete(NodesFile);
        }
    }

    private static void Merge(MatchResult match, GlobalAuthFile global)
    {
        Oracle.AreLines(global.Notices);
        var content = AuthFileMerger.Merge(match, global, Sources);
        _ = content.Serves(Sources);
        var json = content.ToJson();
        Oracle.Holds(json[^1] == '\n' && json[0] == '{', "the auth file is an object and a newline, without BOM");
        using var document = JsonDocument.Parse(json);
        var auths = document.RootElement.GetProperty("auths");

        // Members that are nothing to us are kept as they are, also where a name stands twice inside.
        NamesOnce(document.RootElement);
        NamesOnce(auths);
        foreach (var entry in auths.EnumerateObject())
        {
            if (entry.Value.TryGetProperty("auth", out var auth))
            {
                Oracle.Holds(
                    Convert.FromBase64String(auth.GetString()!).Contains((byte)':'),
                    "auth is padded base64 of user:password"
                );
            }
        }

        foreach (var applied in match.Credentials)
        {
            Oracle.Holds(auths.TryGetProperty(applied.Registry, out _), "every applied credential is in the auth file");
        }
    }

    private static void NamesOnce(JsonElement parent) =>
        Oracle.Holds(
            parent.EnumerateObject().Select(member => member.Name).Distinct().Count()
                == parent.EnumerateObject().Count(),
            "a name stands once in the auth file"
        );

    private static bool IsSameOrBelow(string name, string ancestor) =>
        name == ancestor || name.StartsWith(ancestor + "/", StringComparison.Ordinal);
}
