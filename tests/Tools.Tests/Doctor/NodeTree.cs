// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.CommandLine;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>What one check said, as the JSON report has it.</summary>
internal sealed record CheckAnswer(
    string Outcome,
    string Summary,
    string[] Seen,
    string[] Fix,
    bool IsUndetermined,
    int ExitCode
)
{
    public override string ToString() =>
        $"{Outcome}: {Summary}\n{string.Join('\n', Seen)}\nfix:\n{string.Join('\n', Fix)}";
}

/// <summary>What a run of the whole program came to.</summary>
internal sealed record DoctorRun(int ExitCode, string Stdout, string Stderr);

/// <summary>
/// A made-up node below a temporary folder, where every check is ok: kubelet and CRI-O run, the article's registry is
/// mirrored, and the API server answers. A test breaks what it is about.
/// </summary>
internal sealed class NodeTree : IDisposable
{
    public const string BinDir = "/usr/libexec/kubelet-image-credential-provider-plugins";
    public const string Binary = BinDir + "/crio-credential-provider";
    public const string ConfigPath = "/etc/kubernetes/credential-providers/config.yaml";
    public const string RegistriesConf = "/etc/containers/registries.conf";
    public const string AuthDir = "/etc/crio/auth";

    public const string Config = """
        apiVersion: kubelet.config.k8s.io/v1
        kind: CredentialProviderConfig
        providers:
        - name: crio-credential-provider
          matchImages:
          - docker.io
          defaultCacheDuration: "1s"
          apiVersion: credentialprovider.kubelet.k8s.io/v1
          tokenAttributes:
            serviceAccountTokenAudience: https://kubernetes.default.svc
            cacheType: Token
            requireServiceAccount: false

        """;

    private readonly Socket journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> kubeletArguments =
    [
        "/usr/bin/kubelet",
        "--kubeconfig=/etc/kubernetes/kubelet.conf",
        $"--image-credential-provider-config={ConfigPath}",
        $"--image-credential-provider-bin-dir={BinDir}",
    ];

    public NodeTree()
    {
        Directory.CreateDirectory(Root);
        Authority = new Authority();
        Api = new ApiServer(Authority.Issue(["kubernetes", "kubernetes.default.svc"]));
        Write(Binary, "\u007fELF", 0x1ED);
        Write(ConfigPath, Config);
        Write(
            RegistriesConf,
            """
            unqualified-search-registries = ["docker.io"]

            [[registry]]
            location = "docker.io"

            [[registry.mirror]]
            location = "mirror.test:5000"

            """
        );
        MakeDirectory(AuthDir, 0x1C0);
        Write("/etc/crio/crio.conf", "[crio]\n[crio.image]\nglobal_auth_file = \"/var/lib/kubelet/config.json\"\n");
        Write("/var/lib/kubelet/config.json", """{"auths":{}}""", 0x180);
        Write("/run/crio/version", "\"1.35.1+0123abc\"");
        Link("/var/run", "/run");
        Write(
            "/var/lib/dpkg/status",
            "Package: kubelet\nStatus: install ok installed\nVersion: 1.34.2-1.1\n\nPackage: other\nStatus: install ok "
                + "installed\nVersion: 9\n"
        );
        Write("/etc/hostname", "worker-1\n");
        Write("/etc/kubernetes/kubelet.conf", Kubeconfig($"https://127.0.0.1:{Api.Port}", Authority.Pem), 0x180);
        MakeDirectory("/run/systemd/journal");
        journal.Bind(new UnixDomainSocketEndPoint(Here("/run/systemd/journal/socket")));
        Write("/proc/stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 4\n");
        StartProcess(900, "crio", ["/usr/bin/crio"]);
        StartKubelet();
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "crio-cp-node-" + Guid.NewGuid().ToString("N"));

    public Authority Authority { get; }

    public ApiServer Api { get; }

    public Func<DateTimeOffset> Clock { get; set; } = () => DateTimeOffset.UtcNow;

    public Dictionary<string, string> Environment { get; } = [];

    public string Stdin { get; set; } = "";

    /// <summary>Where a file of the node lies here.</summary>
    public string Here(string path) => Root + path;

    public void Write(string path, string text, int mode = 0x1A4)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Here(path))!);
        File.WriteAllText(Here(path), text);
        File.SetUnixFileMode(Here(path), (UnixFileMode)mode);
    }

    public void Link(string path, string target)
    {
        MakeDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(Here(path), target);
    }

    public void MakeDirectory(string path, int mode = 0x1ED)
    {
        Directory.CreateDirectory(Here(path));
        File.SetUnixFileMode(Here(path), (UnixFileMode)mode);
    }

    /// <summary>Replaces a text in a file.</summary>
    public void Edit(string path, string old, string replacement)
    {
        var text = File.ReadAllText(Here(path));
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(Here(path), text.Replace(old, replacement, StringComparison.Ordinal));
    }

    public void Remove(string path)
    {
        if (Directory.Exists(Here(path)))
        {
            Directory.Delete(Here(path), recursive: true);
        }
        else
        {
            File.Delete(Here(path));
        }
    }

    /// <summary>The kubelet with the usual flags but one, and with others; started in an hour if nothing else is
    /// said.</summary>
    public void StartKubelet(
        string? without = null,
        string[]? with = null,
        DateTimeOffset? started = null,
        string environment = "PATH=/usr/bin\0"
    ) =>
        StartProcess(
            1000,
            "kubelet",
            [
                .. kubeletArguments.Where(argument =>
                    without is null || !argument.StartsWith(without, StringComparison.Ordinal)
                ),
                .. with ?? [],
            ],
            started ?? DateTimeOffset.UtcNow.AddHours(1),
            environment
        );

    public void StopKubelet() => Remove("/proc/1000");

    public void StartCrio(string[] arguments, string environment = "") =>
        StartProcess(900, "crio", ["/usr/bin/crio", .. arguments], null, environment);

    public static string Kubeconfig(string server, string pem) =>
        $"""
            apiVersion: v1
            kind: Config
            current-context: node
            contexts:
            - name: node
              context:
                cluster: cluster
                user: kubelet
            clusters:
            - name: cluster
              cluster:
                server: {server}
                certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(pem))}
            users:
            - name: kubelet
              user:
                token: planted-kubeconfig-token
            """;

    public async Task<DoctorRun> RunAsync(params string[] options)
    {
        using var stdout = new MemoryStream();
        using var stderr = new StringWriter();
        var node = new Node
        {
            Stdin = new MemoryStream(Encoding.UTF8.GetBytes(Stdin)),
            Stdout = stdout,
            Stderr = stderr,
            StdinIsTerminal = false,
            StderrIsTerminal = false,
            StdoutIsTerminal = false,
            Environment = Environment.GetValueOrDefault,
            Clock = Clock,
            OpenJournal = _ => _ => throw new InvalidOperationException("doctor writes no journal"),
        };
        var exitCode = await Program.RunAsync(["doctor", "--root", Root, .. options], node);
        return new DoctorRun(exitCode, Encoding.UTF8.GetString(stdout.ToArray()), stderr.ToString());
    }

    /// <summary>Runs one check, which the line names.</summary>
    public async Task<CheckAnswer> CheckAsync(string id, params string[] options)
    {
        var run = await RunAsync(["--check", id, "--output", "json", .. options]);
        Assert.Equal("", run.Stderr);
        var check = Assert.Single(JsonNode.Parse(run.Stdout)!["checks"]!.AsArray())!;
        Assert.Equal(id, (string)check["id"]!);
        return Answer(check, run);
    }

    /// <summary>What a check says that nobody named, among all others; the exit code is that of all.</summary>
    public async Task<CheckAnswer> CheckAmongAllAsync(string id, params string[] options)
    {
        var run = await RunAsync(["--output", "json", .. options]);
        Assert.Equal("", run.Stderr);
        return Answer(
            JsonNode.Parse(run.Stdout)!["checks"]!.AsArray().Single(check => (string)check!["id"]! == id)!,
            run
        );
    }

    private static CheckAnswer Answer(JsonNode check, DoctorRun run) =>
        new(
            (string)check["outcome"]!,
            (string)check["summary"]!,
            [.. check["seen"]!.AsArray().Select(line => (string)line!)],
            [.. check["fix"]!.AsArray().Select(line => (string)line!)],
            (bool)check["undetermined"]!,
            run.ExitCode
        );

    public void Dispose()
    {
        journal.Dispose();
        Api.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>A process that calls itself so; anybody's may.</summary>
    public void StartImpostor(int id, string name, uint user, bool isInContainer, params string[] arguments)
    {
        StartProcess(id, name, [name, .. arguments]);
        WriteStatus(id, name, user, isInContainer);
    }

    private void StartProcess(
        int id,
        string name,
        string[] arguments,
        DateTimeOffset? started = null,
        string environment = ""
    )
    {
        var ticks = (long)(
            ((started ?? DateTimeOffset.UtcNow) - DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)).TotalSeconds * 100
        );
        Write($"/proc/{id}/comm", name + "\n");
        Write($"/proc/{id}/cmdline", string.Join('\0', arguments) + "\0");
        Write($"/proc/{id}/stat", $"{id} ({name}) S 1 {id} {id} 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 {ticks} 1 1 1\n");
        Write($"/proc/{id}/environ", environment);
        WriteStatus(id, name, user: 0, isInContainer: false);
    }

    private void WriteStatus(int id, string name, uint user, bool isInContainer) =>
        Write(
            $"/proc/{id}/status",
            $"Name:\t{name}\nUid:\t{user}\t{user}\t{user}\t{user}\nNSpid:\t{id}{(isInContainer ? "\t1" : "")}\n"
        );
}
