// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using JournalRecorder;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Journal;

/// <summary>The machine's own file of short names lies where no option points to: a run in process has it in a
/// folder.</summary>
public sealed class ShortNameSentenceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-short-names-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("debug", "[aliases]\na = 'b'\n", 1)]
    [InlineData("info", "[aliases]\na = 'b'\n", 0)]
    [InlineData("debug", "[aliases]\na = 'quay.io/a'\n", 0)]
    public void A_bad_file_of_short_names_is_reported_at_debug_and_fails_no_run(string level, string text, int times)
    {
        var (conf, cache) = (Path.Combine(folder, "registries.conf"), Path.Combine(folder, "short-name-aliases.conf"));
        File.WriteAllText(conf, "unqualified-search-registries = ['quay.io']\n");
        File.WriteAllText(cache, text);
        List<IReadOnlyDictionary<string, string>> journal = [];
        using var stderr = new StringWriter();
        var (settings, _) = SettingsParser.Parse(
            [
                $"--registries-conf={conf}",
                $"--registries-conf-dir={folder}/none",
                $"--auth-dir={folder}/auth",
                $"--log-level={level}",
            ],
            _ => null
        );
        var exitCode = KubeletRun.Run(
            settings,
            new Node
            {
                ShortNameCache = cache,
                Stdin = new MemoryStream(Requests.For("quay.io/team/app", Token.For("team-a"))),
                Stdout = new MemoryStream(),
                Stderr = stderr,
                StdinIsTerminal = false,
                StdoutIsTerminal = false,
                StderrIsTerminal = false,
                Environment = _ => null,
                Clock = () => DateTimeOffset.UtcNow,
                OpenJournal = _ => datagram => journal.Add(Recorder.Parse(datagram.Span)),
            }
        );
        Assert.Equal((0, ""), (exitCode, stderr.ToString()));
        Assert.Equal("CP311", journal[^1]["CRIO_CP_CODE"]);
        Assert.Equal(
            Enumerable.Repeat(
                (
                    "7",
                    $"Ignoring the machine's short names: {cache}:2:1: alias \"a\" is set to \"b\", which names no "
                        + "registry"
                ),
                times
            ),
            journal
                .Where(entry => entry["MESSAGE"].Contains("short names", StringComparison.Ordinal))
                .Select(entry => (entry["PRIORITY"], entry["MESSAGE"]))
        );
    }
}
