// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>What a node has before the change.</summary>
internal sealed record RolloutWorld(
    bool HasConfig,
    bool HasDropIn,
    bool IsDirectory,
    bool IsInstalled,
    bool IsUninstall,
    bool IsLabelled,
    int Mode,
    uint Owner,
    bool IsMoved,
    bool HasOldProgram
)
{
    public const string OtherConfig = """
        # somebody's comment
        apiVersion: kubelet.config.k8s.io/v1
        kind: CredentialProviderConfig
        providers:
        - name: other
          matchImages: ["*.ecr.example.com"]
          defaultCacheDuration: 12h
          apiVersion: credentialprovider.kubelet.k8s.io/v1

        """;

    /// <summary>What somebody may do to an installed node, by its root and the path of its provider config.</summary>
    private static readonly Action<SimulatedNode, string>[] Drifts =
    [
        (node, config) => File.Delete(node.Here(config)),
        (node, config) => File.WriteAllText(node.Here(config), "kind: Other\n"),
        (node, config) =>
        {
            File.SetUnixFileMode(node.Here(config), (UnixFileMode)0x1B6); // 0666
            SetOwner(node.Here(config), 4321, "system_u:object_r:tmp_t:s0");
        },
        (node, _) => File.WriteAllText(node.Here(new WantedState().ProgramPath), "another program"),
        (node, _) => File.SetUnixFileMode(node.Here(new WantedState().ProgramPath), (UnixFileMode)0x1FF), // 0777
        (node, _) =>
        {
            // With its directory, if that was made for it.
            var dropIn = node.Here(FlagsDropIn.PathFor(SimulatedNode.KubeletUnit));
            File.Delete(dropIn);
            if (Directory.GetFiles(Path.GetDirectoryName(dropIn)!).Length == 0)
            {
                Directory.Delete(Path.GetDirectoryName(dropIn)!);
            }
        },
        (node, _) => File.Delete(node.Here(SweepUnits.LinkPath)),
        (node, _) => File.AppendAllText(node.Here(SweepUnits.TimerPath), "# edited"),
    ];

    /// <summary>What has become of the installed files before a repair, one bit for each of
    /// <see cref="Drifts"/>.</summary>
    public int Drift { get; init; }

    public bool IsRepair => Drift != 0;

    public override string ToString() =>
        $"config {HasConfig}, drop-in {HasDropIn}, directory {IsDirectory}, installed {IsInstalled}, uninstall "
        + $"{IsUninstall}, "
        + $"label {IsLabelled}, mode {Convert.ToString(Mode, 8)}, owner {Owner}, moved {IsMoved}, old program "
        + $"{HasOldProgram}, drift {Convert.ToString(Drift, 2)}";

    /// <summary>Worlds by a seed: the same at each run, others with TEST_PROPERTY_SEED.</summary>
    public static IEnumerable<RolloutWorld> Generate()
    {
        var random = new Random(Number("TEST_PROPERTY_SEED", 14));
        for (var i = 0; i < 10 * Number("TEST_PROPERTY_ROUNDS", 1); i++)
        {
            // The kinds of change take turns, with a repair as every other; the rest is drawn.
            var kind = i % 2 == 0 ? i / 2 % 3 : 3;
            yield return new RolloutWorld(
                Flip(),
                Flip(),
                Flip(),
                IsInstalled: kind != 0,
                IsUninstall: kind == 2,
                Flip(),
                Flip() ? 0x1A4 : 0x180,
                Flip() ? 0u : 1234u,
                Flip(),
                Flip()
            )
            {
                // One of the three for the config in turn, and any of the others.
                Drift = kind == 3 ? (1 << (i / 2 % 3)) | (random.Next(1 << (Drifts.Length - 3)) << 3) : 0,
            };
        }

        bool Flip() => random.Next(2) == 0;

        static int Number(string variable, int otherwise) =>
            int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
    }

    /// <summary>A node in this state.</summary>
    public async Task<SimulatedNode> PrepareAsync()
    {
        var node = new SimulatedNode();
        var wanted = Wanted(isFirst: true);
        node.Write($"{OwnProvider.UsualBinDir}/other", "other");
        File.SetUnixFileMode(
            node.Here($"{OwnProvider.UsualBinDir}/other"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute
        );
        if (HasOldProgram)
        {
            node.Write(wanted.ProgramPath, "an older program");
        }

        if (IsDirectory)
        {
            _ = Directory.CreateDirectory(node.Here(wanted.ConfigPath));
        }

        if (HasConfig)
        {
            var path = IsDirectory ? $"{wanted.ConfigPath}/10-other.yaml" : wanted.ConfigPath;
            node.Write(path, OtherConfig);
            File.SetUnixFileMode(node.Here(path), (UnixFileMode)Mode);
            File.SetLastWriteTime(node.Here(path), DateTime.UnixEpoch);
            SetOwner(node.Here(path), Owner, IsLabelled ? "system_u:object_r:kubernetes_file_t:s0" : "");
        }

        if (HasDropIn)
        {
            node.Write(
                "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
                "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --v=2 $KUBELET_EXTRA_ARGS\n"
            );
        }

        node.Systemd.Reload();
        node.Systemd.StartKubelet();
        if (IsInstalled)
        {
            var result = await node.InstallAsync(wanted);
            Assert.True(
                result.End == EngineEnd.Confirmed,
                $"{this}: {result.End} {result.Problem} {string.Join("; ", result.Refusals)}"
            );
        }

        for (var i = 0; i < Drifts.Length; i++)
        {
            if ((Drift & (1 << i)) != 0)
            {
                Drifts[i](node, ConfigFile());
            }
        }

        return node;
    }

    private string ConfigFile()
    {
        var path = Wanted(isFirst: true).ConfigPath;
        return IsDirectory ? $"{path}/crio-credential-provider.yaml" : path;
    }

    /// <summary>Installs, upgrades, repairs or uninstalls.</summary>
    public async Task<EngineResult> ChangeAsync(SimulatedNode node)
    {
        if (IsRepair)
        {
            return await node.RepairAsync(Wanted(isFirst: true));
        }

        if (IsUninstall)
        {
            return await node.UninstallAsync();
        }

        node.SetProgram("2");
        return await node.InstallAsync(Wanted(isFirst: false));
    }

    private WantedState Wanted(bool isFirst) =>
        new()
        {
            MatchImages = isFirst ? ["docker.io"] : ["docker.io", "quay.io"],
            ConfigPath =
                IsDirectory ? "/etc/kubernetes/providers.d"
                : IsMoved && !isFirst && IsInstalled ? "/etc/kubernetes/elsewhere/config.yaml"
                : OwnProvider.UsualConfigPath,
        };

    private static void SetOwner(string here, uint owner, string label)
    {
        using var file = Libc.Open(here, Libc.O_RDONLY);
        Assert.Equal(0, Libc.Fchown(file, owner, owner));
        if (label.Length > 0)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(label + "\0");
            Assert.Equal(0, Libc.Fsetxattr(file, "security.selinux", bytes, bytes.Length, 0));
        }
    }
}
