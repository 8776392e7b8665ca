// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using JournalRecorder;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// The environment of one run of a scenario, in a temporary folder: files, an API, a journal. The program runs either
/// in this process or as the published binary, with the same environment.
/// </summary>
internal sealed class ScenarioWorld : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;
    private readonly ScenarioFile scenario;
    private readonly KubernetesApiStandIn.ApiServer api;
    private readonly Placeholders placeholders;
    private readonly List<IReadOnlyDictionary<string, string>> journal = [];

    public ScenarioWorld(ScenarioFile scenario)
    {
        this.scenario = scenario;
        var authority = new Authority();
        api = new(authority.Issue(CertificateNames()));
        placeholders = new Placeholders(folder, api.Port, authority.Pem, (ns, account, audience) =>
            audience is null ? api.Issue(ns, account) : api.Issue(ns, account, audience)
        );
        File.WriteAllText(At("ca.crt"), authority.Pem);
        Directory.CreateDirectory(At("registries.conf.d"));
        try
        {
            WriteFiles();
            FillApi();
        }
        catch
        {
            // The constructor fails because the scenario is invalid, so its caller has no object to dispose.
            Dispose();
            throw;
        }
    }

    public IReadOnlyCollection<string> Tokens => placeholders.Tokens;

    /// <summary>All output of the run except the auth files. It must not contain a secret.</summary>
    public string Outputs { get; private set; } = "";

    /// <summary>The run's journal entries at any level.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Journal => journal;

    /// <summary>The result that the scenario expects of this run.</summary>
    public ScenarioResult Expected
    {
        get
        {
            var sections = ScenarioResult.Names.ToDictionary(name => name, name => placeholders.Fill(scenario[name]));
            foreach (var (words, text) in scenario.All("auth file"))
            {
                sections.Add($"auth file {words[0]}", text);
            }

            return new ScenarioResult(sections);
        }
    }

    /// <summary>Runs <c>Program.RunAsync</c> in this process, so that a debugger can step through it.</summary>
    public ScenarioResult RunInProcess(params string[] more)
    {
        using var stdout = new MemoryStream();
        using var stderr = new StringWriter();
        var environment = EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.Value);
        var node = new Node
        {
            ApiFiles = new ApiServerFiles
            {
                Kubeconfigs = [],
                ClusterCa = At("no-ca.crt"),
                ParentArguments = [],
                Fallback = "127.0.0.1:1",
            },
            Stdin = new MemoryStream(Request),
            Stdout = stdout,
            Stderr = stderr,
            StdinIsTerminal = false,
            StdoutIsTerminal = false,
            StderrIsTerminal = false,
            Environment = environment.GetValueOrDefault,
            Clock = () => DateTimeOffset.UtcNow,
            OpenJournal = _ => datagram => journal.Add(Recorder.Parse(datagram.Span)),
        };
        var (settings, problem) = SettingsParser.Parse([.. Flags, .. more], node.Environment);
        var exitCode = 2;
        if (problem is null)
        {
            exitCode = KubeletRun.Run(settings, node);
        }
        else
        {
            node.Report(MisuseLine.Of(problem));
        }

        SuiteSecrets.Record(new RunResult(exitCode, Encoding.UTF8.GetString(stdout.ToArray()), stderr.ToString()));
        journal.ForEach(SuiteSecrets.Record);
        return Result(exitCode, Encoding.UTF8.GetString(stdout.ToArray()), stderr.ToString());
    }

    public ScenarioResult RunPublished()
    {
        using var recorder = new Recorder(At("journal"), SuiteSecrets.Record);
        var run = PublishedBinary.RunIn(PublishedBinary.FilePath, Request, EnvironmentVariables, Flags);
        journal.AddRange(recorder.Entries);
        return Result(run.ExitCode, run.Stdout, run.Stderr);
    }

    public void Dispose()
    {
        SuiteSecrets.Planted(api);
        api.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private byte[] Request => Encoding.UTF8.GetBytes(placeholders.Fill(scenario["request"]));

    /// <summary>
    /// Command lines of <c>explain</c> for this pull: with the request itself, and with several forms of the image and
    /// its token.
    /// </summary>
    public IEnumerable<(string[] Words, string Stdin)> ExplainLines
    {
        get
        {
            string[] accepted =
            [
                "registries-conf",
                "registries-conf-dir",
                "auth-dir",
                "kubelet-auth-file",
                "api-server",
                "api-server-env-file",
                "kubeconfig",
                "certificate-authority",
                "tls-server-name",
                "insecure-skip-tls-verify",
                "timeout",
            ];
            string[] flags = [.. Flags.Where(flag => accepted.Contains(flag.Split('=')[0].TrimStart('-')))];
            yield return (["--request", "-", .. flags], Encoding.UTF8.GetString(Request));
            if (Field("image") is not { } image)
            {
                yield break;
            }

            var digest = "@sha256:" + new string('0', 64);
            foreach (
                var form in (string[])
                    [
                        image,
                        image + ":1",
                        image + digest,
                        image.Replace("docker.io/library/", "", StringComparison.Ordinal),
                    ]
            )
            {
                yield return ([form, .. flags], "");
                if (Field("serviceAccountToken") is { } token)
                {
                    yield return ([form, "--token-file", "-", .. flags], token);
                }
            }
        }
    }

    private string? Field(string name)
    {
        try
        {
            return (string?)JsonNode.Parse(Request)?[name];
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            // The scenario is about an invalid request.
            return null;
        }
    }

    /// <summary>
    /// The flags that direct the program to this environment, followed by the scenario's own options, which override
    /// them.
    /// </summary>
    private List<string> Flags
    {
        get
        {
            List<string> flags =
            [
                $"--registries-conf={At("registries.conf")}",
                $"--registries-conf-dir={At("registries.conf.d")}",
                $"--auth-dir={At("auth")}",
                $"--kubelet-auth-file={At("config.json")}",
                $"--api-server-env-file={At("apiserver-url.env")}",
                $"--journal-socket={At("journal")}",
                $"--run-dir={At("run")}",
                $"--kubelet-root-dir={At("kubelet")}",
            ];
            if (scenario.Find("kubeconfig") is not null)
            {
                flags.Add($"--kubeconfig={At("kubelet.conf")}");
            }
            else
            {
                flags.Add($"--certificate-authority={At("ca.crt")}");
                if (scenario.Find("apiserver-url.env") is null)
                {
                    flags.Add($"--api-server=127.0.0.1:{api.Port}");
                }
            }

            return [.. flags, .. OptionLines.Where(line => line.StartsWith('-'))];
        }
    }

    private IEnumerable<(string Name, string Value)> EnvironmentVariables =>
        OptionLines
            .Where(line => !line.StartsWith('-'))
            .Select(line =>
                (
                    line[..line.IndexOf('=', StringComparison.Ordinal)],
                    line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]
                )
            );

    private string[] OptionLines =>
        placeholders.Fill(scenario["options"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string At(string name) => Path.Combine(folder, name);

    private string[] CertificateNames() =>
        scenario["api"]
            .Split('\n')
            .Where(line => line.StartsWith("certificate ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1..])
            .SingleOrDefault(["kubernetes", CrioCredentialProvider.Secrets.ApiServer.InternalName]);

    private void WriteFiles()
    {
        foreach (
            var (section, name) in new[]
            {
                ("registries.conf", "registries.conf"),
                ("kubelet auth file", "config.json"),
                ("kubeconfig", "kubelet.conf"),
                ("apiserver-url.env", "apiserver-url.env"),
            }
        )
        {
            if (scenario.Find(section) is { } text)
            {
                File.WriteAllText(At(name), placeholders.Fill(text));
            }
        }

        foreach (var (words, text) in scenario.All("drop-in"))
        {
            File.WriteAllText(At($"registries.conf.d/{words[0]}"), text);
        }

        foreach (var (words, text) in scenario.All("earlier auth file"))
        {
            Directory.CreateDirectory(At("auth"), (UnixFileMode)0x1C0);
            var path = At($"auth/{words[0]}");
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, (UnixFileMode)0x180);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(-int.Parse(words[1].TrimEnd('s'))));
        }
    }

    private void FillApi()
    {
        foreach (var line in scenario["api"].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line.Split([' ', '/']))
            {
                case ["certificate", ..]:
                    break;
                case ["allow", var accountNamespace, var account, "list", var ns]:
                    api.Allow(accountNamespace, account, ns);
                    break;
                case ["allow", var accountNamespace, var account, "get", var ns, var secret]:
                    api.AllowGet(accountNamespace, account, ns, secret);
                    break;
                case ["allow", var ns, var account, "get", "itself"]:
                    api.AllowGetSelf(ns, account);
                    break;
                case ["service", "account", var ns, var account, .. var imagePullSecrets]:
                    api.AddServiceAccount(ns, account, imagePullSecrets);
                    break;
                default:
                    throw new FormatException($"section \"api\" cannot say \"{line}\"");
            }
        }

        foreach (var (words, text) in scenario.All("secret"))
        {
            Add(words[0], words.Length > 1 ? words[1] : SecretDecoder.SecretType, text);
        }

        foreach (var (words, text) in scenario.All("secrets"))
        {
            for (var i = 1; i <= int.Parse(words[1]); i++)
            {
                Add($"{words[0]}-{i:0000}", SecretDecoder.SecretType, text);
            }
        }

        foreach (var (words, text) in scenario.All("answer").OrderBy(answer => int.Parse(answer.Words[0])))
        {
            api.Script.Enqueue(AnswerOf(text));
        }
    }

    /// <param name="path">NAMESPACE/NAME.</param>
    /// <param name="type">The secret's type.</param>
    /// <param name="dockerConfig">The content of the secret, without the line feed that ends the section.</param>
    private void Add(string path, string type, string dockerConfig) =>
        api.Add(
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["namespace"] = path.Split('/')[0], ["name"] = path.Split('/')[1] },
                ["data"] = new JsonObject
                {
                    [".dockerconfigjson"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(dockerConfig.TrimEnd('\n'))),
                },
                ["type"] = type,
            }.ToJsonString()
        );

    private static Answer AnswerOf(string text)
    {
        var (head, body) = (
            text[..text.IndexOf('\n', StringComparison.Ordinal)],
            text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]
        );
        return head.Split(' ') switch
        {
            ["capture", var name] when body.Length == 0 => new Answer(
                File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "captures", name))
            ),
            ["hang-up"] when body.Length == 0 => new Answer(null),
            [var status, KubernetesProtobuf.MediaType] => Answer.Protobuf(int.Parse(status), body),
            [var status, var type] => Answer.Of(int.Parse(status), body, type),
            _ => throw new FormatException($"an answer cannot begin with \"{head}\""),
        };
    }

    private ScenarioResult Result(int exitCode, string stdout, string stderr)
    {
        Outputs = string.Join(
            '\n',
            journal
                .SelectMany(entry => entry.Select(field => $"{field.Key}={field.Value}"))
                .Prepend(stdout)
                .Prepend(stderr)
        );
        Dictionary<string, string> sections = new()
        {
            ["exit code"] = $"{exitCode}\n",
            ["stdout"] = stdout,
            ["stderr"] = stderr,
            ["journal"] = string.Concat(
                journal.Where(entry => string.CompareOrdinal(entry["PRIORITY"], "6") <= 0).Select(Line)
            ),
            ["api requests"] = string.Concat(api.Requests.Select(request => request + "\n")),
        };
        var left = Directory.Exists(At("auth"))
            ? Directory.GetFiles(At("auth")).Select(path => Path.GetFileName(path)!)
            : [];
        foreach (var name in left.Order(StringComparer.Ordinal))
        {
            var mode = File.GetUnixFileMode(At($"auth/{name}"));
            var isPrivate = mode == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
            sections.Add(
                $"auth file {name}",
                ReadUnlocked(At($"auth/{name}")) + (isPrivate ? "" : $"with mode {mode}\n")
            );
        }

        return new ScenarioResult(sections);
    }

    /// <summary>
    /// Reads without a lock of its own. A program that another test starts has a copy of the run's descriptor between
    /// fork and exec, and with it the lock that the run took to replace the file.
    /// </summary>
    private static string ReadUnlocked(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    /// <summary>Priority and message, followed by the outcome of the run or the code of the entry.</summary>
    private static string Line(IReadOnlyDictionary<string, string> entry)
    {
        var marks = string.Join(
            ' ',
            new[] { "CRIO_CP_OUTCOME", "CRIO_CP_CODE" }
                .Select(field => entry.GetValueOrDefault(field))
                .Where(value => value is not null)
        );
        return $"{entry["PRIORITY"]} {entry["MESSAGE"]}{(marks.Length > 0 ? $" ({marks})" : "")}\n";
    }
}
