// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>
/// A node in a temporary folder, with <c>explain</c> run in process on it. Paths in the output are as on the node;
/// files that a command line names lie in <c>/root</c>.
/// </summary>
internal sealed class ExplainWorld : IDisposable
{
    public const string Conf = "/etc/containers/registries.conf";
    public const string NodeFile = "/var/lib/kubelet/config.json";

    public const string ShortNameCache = "/var/cache/containers/short-name-aliases.conf";

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-explain-").FullName;

    public string At(string path) => folder + (path.StartsWith('/') ? path : "/root/" + path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    /// <summary>A manifest of pull secrets: each is NAME=KEY, or NAME=KEY=PASSWORD; keys of one name come
    /// together.</summary>
    public static string Manifest(string ns, params string[] secrets)
    {
        var items = secrets
            .Select(text => text.Split('='))
            .GroupBy(parts => parts[0])
            .Select(group =>
            {
                var entries = group.Select(parts =>
                    $"\"{parts[1]}\":{{\"username\":\"u\",\"password\":\"{(parts.Length > 2 ? parts[2] : "made-up")}\"}}"
                );
                var config = Convert.ToBase64String(
                    Encoding.UTF8.GetBytes("{\"auths\":{" + string.Join(',', entries) + "}}")
                );
                return "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"kubernetes.io/dockerconfigjson\",\"metadata\":{\"name\":\""
                    + group.Key
                    + "\",\"namespace\":\""
                    + ns
                    + "\"},\"data\":{\".dockerconfigjson\":\""
                    + config
                    + "\"}}";
            });
        return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + string.Join(',', items) + "]}\n";
    }

    /// <param name="line">Words behind <c>explain</c>, with blanks between.</param>
    /// <param name="stdin">Text.</param>
    /// <param name="isTerminal">Whether stdout is a terminal.</param>
    /// <param name="environment">Variables as NAME=VALUE.</param>
    public RunResult Run(string line, string stdin = "", bool isTerminal = false, params string[] environment) =>
        Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), stdin, isTerminal, environment);

    /// <summary>What a run ends with that prints one line on stderr only.</summary>
    public static RunResult Ended(int exitCode, string problem) =>
        new(exitCode, "", Generate.CommandResult.Line(problem));

    public RunResult Run(string[] words, string stdin = "", bool isTerminal = false, params string[] environment) =>
        RunWords([.. words.Select(Local), .. Flags(words)], stdin, isTerminal, environment);

    /// <summary>Without any flag that the line does not have.</summary>
    public RunResult RunAsIs(params string[] words) => RunWords(words, "", isTerminal: false);

    private RunResult RunWords(string[] words, string stdin, bool isTerminal, params string[] environment)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        var variables = environment.Select(text => text.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        variables["HOME"] = folder + "/root";
        var exitCode = Program
            .RunAsync(
                ["explain", .. words],
                new Node
                {
                    ShortNameCache = At(ShortNameCache),
                    Stdin = new MemoryStream(Encoding.UTF8.GetBytes(stdin)),
                    Stdout = output,
                    Stderr = errors,
                    StdinIsTerminal = false,
                    StdoutIsTerminal = isTerminal,
                    StderrIsTerminal = false,
                    Environment = variables.GetValueOrDefault,
                    Clock = () => DateTimeOffset.UtcNow,
                    OpenJournal = _ => throw new InvalidOperationException("explain has no journal"),
                }
            )
            .GetAwaiter()
            .GetResult();
        var run = new RunResult(
            exitCode,
            AsOnNode(Encoding.UTF8.GetString(output.ToArray())),
            AsOnNode(errors.ToString())
        );
        SuiteSecrets.Record(run);
        return run;
    }

    /// <summary>The flags that point the program at this node, as far as the line has none of its own.</summary>
    public string[] Flags(string[] words) =>
        [
            .. new[]
            {
                $"--registries-conf={At(Conf)}",
                $"--registries-conf-dir={At("/etc/containers/registries.conf.d")}",
                $"--kubelet-auth-file={At(NodeFile)}",
                $"--auth-dir={At("/etc/crio/auth")}",
                $"--kubelet-root-dir={At("/var/lib/kubelet")}",
            }.Where(flag => !words.Any(word => word.Split('=')[0] == flag.Split('=')[0])),
        ];

    /// <summary>Path, kind, mode, time of change and content of all that is there.</summary>
    public string[] Snapshot() =>
        [
            .. Directory
                .GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path =>
                    $"{path} {File.GetUnixFileMode(path)} {File.GetLastWriteTimeUtc(path).Ticks} "
                    + $"{(Directory.Exists(path) ? "" : Convert.ToHexString(File.ReadAllBytes(path)))}"
                ),
        ];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Local(string word) =>
        !word.StartsWith('-')
        && (
            word.EndsWith(".yaml", StringComparison.Ordinal)
            || word.EndsWith(".json", StringComparison.Ordinal)
            || word.EndsWith(".token", StringComparison.Ordinal)
        )
            ? At(word)
            : word;

    private string AsOnNode(string text) =>
        text.Replace(folder + "/root/", "", StringComparison.Ordinal).Replace(folder, "", StringComparison.Ordinal);
}
