// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using CrioCredentialProvider.TestSupport;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// A pod of deploy/kustomize/base/daemon-set.yaml on a node: an OCI runtime (crun) runs the agent with the arguments,
/// capabilities and mounts of the manifest, a root directory that contains only the program, and the node's network.
/// </summary>
internal sealed class AgentPod
{
    public const int Port = 9809;

    private static readonly YamlMappingNode Spec = Load();

    private readonly TestNode node;
    private readonly string name;

    private AgentPod(TestNode node, string name) => (this.node, this.name) = (node, name);

    private string Folder => $"/run/pods/{name}";

    private static YamlMappingNode Container => Map(Items(Spec["containers"]).Single());

    /// <param name="node">The node; paths that the manifest makes the kubelet create are created.</param>
    /// <param name="name">The pod's name; also its UID.</param>
    /// <param name="state">The state file, as in the ConfigMap.</param>
    public static AgentPod Start(TestNode node, string name, string state)
    {
        var pod = new AgentPod(node, name);
        var mounts = pod.Mounts();
        var made = Items(Spec["volumes"])
            .Select(volume => Map(volume).Children.TryGetValue("hostPath", out var path) ? Map(path) : null)
            .Where(path => path is not null && Text(path["type"]) == "DirectoryOrCreate")
            .Select(path => Text(path!["path"]));
        var run = node.Run(["mkdir", "-p", $"{pod.Folder}/rootfs", $"{pod.Folder}/state-file", .. made]);
        Assert.True(run.ExitCode == 0, run.ToString());
        pod.Put("state-file/state.yaml", state);
        pod.Put("config.json", pod.Config(mounts).ToJsonString());
        pod.StartContainer();
        return pod;
    }

    /// <summary>Replaces the state file.</summary>
    public void PutState(string state) => Put("state-file/state.yaml", state);

    /// <summary>Starts or restarts the pod's container.</summary>
    public void StartContainer()
    {
        var run = $"crun --cgroup-manager=disabled run {name} >>log 2>&1; echo $? >exit";
        _ = node.Run("sh", "-c", $"cd {Folder} && rm -f exit && (setsid sh -c '{run}' </dev/null >/dev/null 2>&1 &)");
    }

    public string Log() => node.Run("cat", $"{Folder}/log").Stdout;

    /// <summary>The response to a GET, with its headers; empty if nothing responds.</summary>
    public string Get(string path)
    {
        var request = $"GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{Port}\\r\\nConnection: close\\r\\n\\r\\n";
        var script = $"exec 3<>/dev/tcp/127.0.0.1/{Port} && printf '{request}' >&3 && cat <&3";
        return node.Run("bash", "-c", script).Stdout;
    }

    /// <summary>Waits until <c>/readyz</c> returns this response.</summary>
    public void Becomes(int status, string reason)
    {
        var last = "";
        var isSo = TestNode.Within(40, () =>
            (last = Get("/readyz")).StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal)
            && last.Contains(reason, StringComparison.Ordinal)
        );
        Assert.True(isSo, $"not {status} with \"{reason}\"\n{last}\n{Log()}");
    }

    /// <summary>Ends the container with a signal.</summary>
    /// <param name="signal">TERM, as the kubelet stops a pod; KILL, as the OOM killer does.</param>
    /// <returns>The exit code of the agent.</returns>
    public int End(string signal)
    {
        _ = node.Run("crun", "kill", name, signal);
        return AwaitExit();
    }

    /// <returns>The exit code of the agent, which exits by itself.</returns>
    public int AwaitExit()
    {
        var exit = "";
        Assert.True(
            TestNode.Within(30, () => (exit = node.Run("cat", $"{Folder}/exit").Stdout.Trim()).Length > 0),
            $"it does not end\n{Log()}"
        );
        return int.Parse(exit, CultureInfo.InvariantCulture);
    }

    private void Put(string file, string text)
    {
        var run = node.Run("sh", "-c", $"cat >{Folder}/{file} <<'END'\n{text}\nEND\n");
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    private JsonObject Config(JsonArray mounts)
    {
        var security = Map(Container["securityContext"]);
        string[] capabilities =
        [
            .. Items(Map(security["capabilities"])["add"]).Select(capability => $"CAP_{Text(capability)}"),
        ];
        return new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject
            {
                ["path"] = "rootfs",
                ["readonly"] = Text(security["readOnlyRootFilesystem"]) == "true",
            },
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
                ["args"] = Texts([
                    .. Items(Container["command"])
                        .Concat(Items(Container["args"]))
                        .Select(word =>
                            Text(word)
                                .Replace("$(POD_UID)", name, StringComparison.Ordinal)
                                .Replace("$(HOST_IP)", "127.0.0.1", StringComparison.Ordinal)
                        ),
                    "--check-every=1s",
                ]),
                ["cwd"] = "/",
                ["noNewPrivileges"] = Text(security["allowPrivilegeEscalation"]) == "false",
                ["capabilities"] = new JsonObject
                {
                    ["bounding"] = Texts(capabilities),
                    ["effective"] = Texts(capabilities),
                    ["permitted"] = Texts(capabilities),
                },
            },
            ["mounts"] = mounts,
            ["linux"] = new JsonObject
            {
                ["namespaces"] = new JsonArray([
                    .. new[] { "pid", "mount", "ipc" }.Select(type => new JsonObject { ["type"] = type }),
                ]),
            },
        };
    }

    /// <summary>The runtime's default mounts, the program of the image, and the manifest's mounts.</summary>
    private JsonArray Mounts()
    {
        var sources = Items(Spec["volumes"])
            .ToDictionary(
                volume => Text(volume["name"]),
                volume =>
                    Map(volume).Children.TryGetValue("hostPath", out var path)
                        ? Text(path["path"])
                        : $"{Folder}/{Text(volume["name"])}"
            );
        return
        [
            Mount("/proc", "proc", "proc", "nosuid"),
            Mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755"),
            Mount("/crio-credential-provider", "bind", TestNode.Program, "bind", "ro"),
            .. Items(Container["volumeMounts"])
                .Select(mount =>
                    Mount(
                        Text(mount["mountPath"]),
                        "bind",
                        sources[Text(mount["name"])],
                        "rbind",
                        "rprivate",
                        Map(mount).Children.ContainsKey("readOnly") ? "ro" : "rw"
                    )
                ),
        ];
    }

    private static JsonObject Mount(string path, string type, string source, params string[] options) =>
        new()
        {
            ["destination"] = path,
            ["type"] = type,
            ["source"] = source,
            ["options"] = Texts(options),
        };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static YamlMappingNode Load()
    {
        var stream = new YamlStream();
        using var text = File.OpenText(Path.Combine(Repository.Root, "deploy", "kustomize", "base", "daemon-set.yaml"));
        stream.Load(text);
        return Map(stream.Documents[0].RootNode["spec"]["template"]["spec"]);
    }

    private static YamlMappingNode Map(YamlNode node) => (YamlMappingNode)node;

    private static IEnumerable<YamlNode> Items(YamlNode node) => ((YamlSequenceNode)node).Children;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
