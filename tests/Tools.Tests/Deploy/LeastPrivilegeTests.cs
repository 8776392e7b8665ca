// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tools.Agent;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Deploy;

/// <summary>The pods of the DaemonSet get what the engine needs, and nothing else.</summary>
public sealed class LeastPrivilegeTests
{
    /// <summary>The directories of everything that an installation with the usual paths changes on a node.</summary>
    private static readonly string[] Changed =
    [
        OwnProvider.UsualBinDir,
        Path.GetDirectoryName(OwnProvider.UsualConfigPath)!,
        Path.GetDirectoryName(UndoGuard.BootUnitPath)!,
        StateFileWriter.UsualDirectory,
    ];

    /// <summary>No mount may be one of these, be below one, or contain one; so none can be the root either.</summary>
    private static readonly string[] Private =
    [
        "/proc",
        "/sys",
        "/dev",
        "/root",
        "/home",
        "/etc/shadow",
        "/etc/ssh",
        "/etc/ssl",
        "/etc/kubernetes/pki",
        "/etc/kubernetes/kubelet.conf",
        "/var/lib/kubelet/pki",
        "/var/lib/kubelet/pods",
        "/var/lib/containers",
        "/run/crio",
        "/usr/bin",
    ];

    public static TheoryData<string> Names => Manifests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_what_the_engine_changes_can_be_written(string name)
    {
        var volumes = Volumes(name);
        var mounts = Container(name)["volumeMounts"]!.AsArray();
        Assert.Equal(
            Changed.Order(StringComparer.Ordinal),
            mounts
                .Where(mount => mount!["readOnly"] is null)
                .Select(mount => (string)mount!["mountPath"]!)
                .Order(StringComparer.Ordinal)
        );
        Assert.All(mounts.Where(mount => mount!["readOnly"] is not null), mount =>
            Assert.True((bool)mount!["readOnly"]!)
        );
        Assert.All(
            [
                SweepUnits.ServicePath,
                SweepUnits.TimerPath,
                SweepUnits.LinkPath,
                UndoGuard.BootLinkPath,
                FlagsDropIn.PathFor("kubelet.service"),
            ],
            path => Assert.Contains(Changed, directory => path.StartsWith(directory + "/", StringComparison.Ordinal))
        );

        // The engine writes, journals and undoes paths of the node: they must be the same paths in the pod.
        foreach (var mount in mounts.Where(mount => volumes[(string)mount!["name"]!]["hostPath"] is not null))
        {
            Assert.Equal((string)volumes[(string)mount!["name"]!]["hostPath"]!["path"]!, (string)mount["mountPath"]!);
        }

        Assert.Equal(volumes.Keys.Order(), mounts.Select(mount => (string)mount!["name"]!).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_pod_sees_the_whole_node_its_processes_or_its_credentials(string name)
    {
        foreach (var volume in Volumes(name).Values.Where(volume => volume["hostPath"] is not null))
        {
            var path = (string)volume["hostPath"]!["path"]! + "/";
            Assert.DoesNotContain(Private, other =>
                path.StartsWith(other + "/", StringComparison.Ordinal)
                || (other + "/").StartsWith(path, StringComparison.Ordinal)
            );
            Assert.Contains((string?)volume["hostPath"]!["type"], (string[])["Directory", "DirectoryOrCreate", "File"]);
        }

        Assert.All(Volumes(name).Values, volume =>
            Assert.True(volume["hostPath"] is not null || volume["configMap"] is not null)
        );
        var pods = Manifests.Of(name).PodSpec();
        Assert.Null(pods["hostPID"]);
        Assert.Null(pods["hostIPC"]);
        Assert.True((bool)pods["hostNetwork"]!);
        Assert.Null(pods["initContainers"]);
        Assert.Equal(
            ["metadata.uid", "status.hostIP"],
            Container(name)["env"]!
                .AsArray()
                .Select(variable => (string)variable!["valueFrom"]!["fieldRef"]!["fieldPath"]!)
        );
        Assert.Null(Container(name)["envFrom"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_pod_has_a_token_and_no_role_gives_its_service_account_a_permission(string name)
    {
        var objects = Manifests.Of(name);
        Assert.False((bool)objects.PodSpec()["automountServiceAccountToken"]!);
        Assert.False((bool)objects.Only("ServiceAccount")["automountServiceAccountToken"]!);
        Assert.DoesNotContain(objects, item => (string)item["kind"]! is "Role" or "RoleBinding" or "Secret");
        foreach (
            var rule in objects
                .Where(item => (string)item["kind"]! == "ClusterRole")
                .SelectMany(role => role["rules"]!.AsArray())
        )
        {
            // The kubelets' own right, for one audience.
            Assert.Equal("request-serviceaccounts-token-audience", (string)Assert.Single(rule!["verbs"]!.AsArray())!);
            Assert.StartsWith(
                "https://",
                (string)Assert.Single(rule["resources"]!.AsArray())!,
                StringComparison.Ordinal
            );
        }

        foreach (var binding in objects.Where(item => (string)item["kind"]! == "ClusterRoleBinding"))
        {
            var subject = Assert.Single(binding["subjects"]!.AsArray())!;
            Assert.Equal(("Group", "system:nodes"), ((string)subject["kind"]!, (string)subject["name"]!));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_container_is_not_privileged_and_its_root_cannot_be_written(string name)
    {
        var context = Container(name)["securityContext"]!;
        Assert.False((bool)context["privileged"]!);
        Assert.False((bool)context["allowPrivilegeEscalation"]!);
        Assert.True((bool)context["readOnlyRootFilesystem"]!);
        Assert.Equal("RuntimeDefault", (string)context["seccompProfile"]!["type"]!);
        Assert.Equal("""{"drop":["ALL"],"add":["CHOWN","DAC_OVERRIDE","FOWNER"]}""", Capabilities(context));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_probe_asks_the_agent_where_it_listens(string name)
    {
        var container = Container(name);
        var port = (long)Assert.Single(container["ports"]!.AsArray())!["containerPort"]!;
        Assert.Equal(AgentOptions.Listen.Default, $"127.0.0.1:{port}");
        Assert.Equal(
            [
                "agent",
                "--state=/etc/crio-credential-provider/state.yaml",
                "--restart-kubelet",
                "--attempt=$(POD_UID)",
                $"--listen=$(HOST_IP):{port}",
            ],
            container["args"]!.AsArray().Select(argument => (string)argument!)
        );
        Assert.Equal("/readyz", (string)container["readinessProbe"]!["httpGet"]!["path"]!);
        Assert.Contains(
            "/etc/crio-credential-provider",
            container["volumeMounts"]!
                .AsArray()
                .Where(mount => (string)mount!["name"]! == "state-file")
                .Select(mount => (string)mount!["mountPath"]!)
        );
    }

    private static string Capabilities(JsonNode context) =>
        new JsonObject
        {
            ["drop"] = context["capabilities"]!["drop"]!.DeepClone(),
            ["add"] = context["capabilities"]!["add"]!.DeepClone(),
        }.ToJsonString();

    private static JsonNode Container(string name) =>
        Assert.Single(Manifests.Of(name).PodSpec()["containers"]!.AsArray())!;

    private static Dictionary<string, JsonNode> Volumes(string name) =>
        Manifests.Of(name).PodSpec()["volumes"]!
            .AsArray()
            .ToDictionary(volume => (string)volume!["name"]!, volume => volume!);
}
