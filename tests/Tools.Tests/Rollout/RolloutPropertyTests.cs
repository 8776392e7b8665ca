// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Rollout;

/// <summary>
/// From any prefix of any plan, with any one step failing or the program killed, an undo or the next run reaches the
/// old or the new state: every file with its bytes, mode, owner and label, and a kubelet that runs with it.
/// </summary>
[Trait("slow", "yes")]
public sealed class RolloutPropertyTests
{
    /// <summary>What a node has before the change.</summary>
    internal sealed record World(
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
        /// <summary>What has become of the installed files before a repair, one bit for each of
        /// <see cref="Drifts"/>.</summary>
        public int Drift { get; init; }

        public bool IsRepair => Drift != 0;

        public override string ToString() =>
            $"config {HasConfig}, drop-in {HasDropIn}, directory {IsDirectory}, installed {IsInstalled}, uninstall "
            + $"{IsUninstall}, "
            + $"label {IsLabelled}, mode {Convert.ToString(Mode, 8)}, owner {Owner}, moved {IsMoved}, old program "
            + $"{HasOldProgram}, drift {Convert.ToString(Drift, 2)}";
    }

    internal const string OtherConfig = """
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

    /// <summary>Worlds by a seed: the same at each run, others with TEST_PROPERTY_SEED.</summary>
    private static IEnumerable<World> Worlds()
    {
        var random = new Random(Number("TEST_PROPERTY_SEED", 14));
        for (var i = 0; i < 10 * Number("TEST_PROPERTY_ROUNDS", 1); i++)
        {
            // The kinds of change take turns, with a repair as every other; the rest is drawn.
            var kind = i % 2 == 0 ? i / 2 % 3 : 3;
            yield return new World(
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

    [Fact]
    public async Task A_change_that_is_killed_or_fails_anywhere_ends_in_the_old_or_the_new_state()
    {
        Assert.SkipUnless(Libc.Geteuid() == 0, "changing owners needs root");
        var ends = new Dictionary<string, int>();
        foreach (var world in Worlds())
        {
            var (before, after, count) = await UndisturbedAsync(world);
            Assert.True(count > 5, $"{world}: {count} changes");
            for (var at = 1; at <= count; at++)
            {
                foreach (var (isKill, isUndo) in ((bool, bool)[])[(true, true), (true, false), (false, true)])
                {
                    var end = await DisturbedAsync(world, at, isKill, isUndo, before, after);
                    ends[end] = ends.GetValueOrDefault(end) + 1;
                }
            }
        }

        // Each kind of end was really met.
        Assert.True(ends["old"] > 50 && ends["new"] > 50, string.Join(", ", ends));
    }

    [Fact]
    public async Task An_undo_that_is_killed_anywhere_is_finished_by_the_next_run()
    {
        Assert.SkipUnless(Libc.Geteuid() == 0, "changing owners needs root");
        var world = new World(true, true, false, false, false, true, 0x180, 1234, false, true);
        var (before, _, count) = await UndisturbedAsync(world);
        for (var at = 2; at <= count; at += 3)
        {
            for (var undoAt = 1; ; undoAt++)
            {
                using var node = await PrepareAsync(world);
                var isKilled = await KilledAsync(() => ChangeAsync(node, world), node, at);
                if (!isKilled || node.Store.Load().Phase == Phase.Cleaning)
                {
                    break;
                }

                var isUndoKilled = await KilledAsync(() => node.Engine().UndoAsync(isBoot: false), node, undoAt);
                _ = await node.Engine().UndoAsync(isBoot: false);
                AssertSame(before, node.Snapshot(), $"killed at {at}, undo killed at {undoAt}");
                Assert.True(node.Systemd.IsKubeletHealthy);
                if (!isUndoKilled)
                {
                    break;
                }
            }
        }
    }

    private static async Task<(
        SortedDictionary<string, string> Before,
        SortedDictionary<string, string> After,
        int Changes
    )> UndisturbedAsync(World world)
    {
        using var node = await PrepareAsync(world);
        var before = node.Snapshot();
        List<string> bad = [];
        node.Changing = what =>
        {
            // The order of the steps: a kubelet that dies at this very moment starts again. What somebody has broken
            // stays so until it is repaired.
            if (!world.IsRepair && !node.Systemd.WouldStart)
            {
                bad.Add(what);
            }
        };
        var result = await ChangeAsync(node, world);
        Assert.True(
            result.End == EngineEnd.Confirmed,
            $"{world}: {result.End} {result.Problem} {string.Join("; ", result.Refusals)}"
        );
        Assert.Empty(bad);
        Assert.True(node.Systemd.IsKubeletHealthy);
        Assert.True(node.Systemd.WouldStart);
        Assert.False(world.IsRepair && result.Steps.Any(step => step is RestartStep));
        Assert.Empty(node.Systemd.Timers);
        var count = node.Changes;
        var after = node.Snapshot();
        if (world.IsRepair)
        {
            using var intact = await PrepareAsync(world with { Drift = 0 });
            AssertSame(intact.Snapshot(), after, $"{world}: repaired");
        }

        Assert.DoesNotContain(after.Keys, path => path.Contains(".crio-cp-", StringComparison.Ordinal));
        Assert.Equal(EngineEnd.NothingToDo, (await ChangeAsync(node, world)).End);
        AssertSame(after, node.Snapshot(), "the same change again");
        return (before, after, count);
    }

    private static async Task<string> DisturbedAsync(
        World world,
        int at,
        bool isKill,
        bool isUndo,
        SortedDictionary<string, string> before,
        SortedDictionary<string, string> after
    )
    {
        using var node = await PrepareAsync(world);
        var words = $"{world}; {(isKill ? "killed" : "failed")} at {at}, then {(isUndo ? "undo" : "the same again")}";
        var result = EngineEnd.NothingToDo;
        if (isKill)
        {
            Assert.True(await KilledAsync(() => ChangeAsync(node, world), node, at), words);
        }
        else
        {
            node.FailAt = at;
            try
            {
                result = (await ChangeAsync(node, world)).End;
            }
            catch (Exception e) when (e is Diagnostics.ProviderException or RolloutException)
            {
                // It says that it could not finish.
            }

            node.FailAt = 0;
        }

        if (isUndo)
        {
            _ = await node.Engine().UndoAsync(isBoot: false);
        }
        else
        {
            var again = await ChangeAsync(node, world);
            Assert.True(
                again.End is EngineEnd.Confirmed or EngineEnd.NothingToDo,
                $"{words}: {again.End} {again.Problem}"
            );
        }

        var now = node.Snapshot();
        Assert.True(node.Systemd.IsKubeletHealthy, words);
        Assert.Equal(Phase.Idle, node.Store.Load().Phase);
        Assert.Empty(node.Systemd.Timers);
        if (now.SequenceEqual(after))
        {
            return "new";
        }

        Assert.True(isUndo, $"{words}: not the new state");
        AssertSame(before, now, words);
        Assert.NotEqual(EngineEnd.Confirmed, result);
        return "old";
    }

    private static async Task<bool> KilledAsync(Func<Task> run, SimulatedNode node, int at)
    {
        WaitForLock(node);
        node.KillAt = at;
        try
        {
            await run();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
        finally
        {
            node.KillAt = 0;
        }
    }

    /// <summary>
    /// Between fork and exec, a program that another test starts has a copy of the lock's descriptor, and with it the
    /// lock of a run that has ended.
    /// </summary>
    private static void WaitForLock(SimulatedNode node)
    {
        var isFree = SpinWait.SpinUntil(
            () =>
            {
                using var mine = node.Store.TryLock();
                return mine is not null;
            },
            TimeSpan.FromSeconds(10)
        );
        Assert.True(isFree, "the lock of a run that has ended is still taken");
    }

    private static async Task<SimulatedNode> PrepareAsync(World world)
    {
        var node = new SimulatedNode();
        var wanted = Wanted(world, isFirst: true);
        node.Write($"{OwnProvider.UsualBinDir}/other", "other");
        File.SetUnixFileMode(
            node.Here($"{OwnProvider.UsualBinDir}/other"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute
        );
        if (world.HasOldProgram)
        {
            node.Write(wanted.ProgramPath, "an older program");
        }

        if (world.IsDirectory)
        {
            _ = Directory.CreateDirectory(node.Here(wanted.ConfigPath));
        }

        if (world.HasConfig)
        {
            var path = world.IsDirectory ? $"{wanted.ConfigPath}/10-other.yaml" : wanted.ConfigPath;
            node.Write(path, OtherConfig);
            File.SetUnixFileMode(node.Here(path), (UnixFileMode)world.Mode);
            File.SetLastWriteTime(node.Here(path), DateTime.UnixEpoch);
            SetOwner(node.Here(path), world.Owner, world.IsLabelled ? "system_u:object_r:kubernetes_file_t:s0" : "");
        }

        if (world.HasDropIn)
        {
            node.Write(
                "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
                "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --v=2 $KUBELET_EXTRA_ARGS\n"
            );
        }

        node.Systemd.Reload();
        node.Systemd.StartKubelet();
        if (world.IsInstalled)
        {
            var result = await node.InstallAsync(wanted);
            Assert.True(
                result.End == EngineEnd.Confirmed,
                $"{world}: {result.End} {result.Problem} {string.Join("; ", result.Refusals)}"
            );
        }

        for (var i = 0; i < Drifts.Length; i++)
        {
            if ((world.Drift & (1 << i)) != 0)
            {
                Drifts[i](node, ConfigFile(world));
            }
        }

        return node;
    }

    private static string ConfigFile(World world)
    {
        var path = Wanted(world, isFirst: true).ConfigPath;
        return world.IsDirectory ? $"{path}/crio-credential-provider.yaml" : path;
    }

    private static async Task<EngineResult> ChangeAsync(SimulatedNode node, World world)
    {
        if (world.IsRepair)
        {
            return await node.RepairAsync(Wanted(world, isFirst: true));
        }

        if (world.IsUninstall)
        {
            return await node.UninstallAsync();
        }

        node.SetProgram("2");
        return await node.InstallAsync(Wanted(world, isFirst: false));
    }

    private static WantedState Wanted(World world, bool isFirst) =>
        new()
        {
            MatchImages = isFirst ? ["docker.io"] : ["docker.io", "quay.io"],
            ConfigPath =
                world.IsDirectory ? "/etc/kubernetes/providers.d"
                : world.IsMoved && !isFirst && world.IsInstalled ? "/etc/kubernetes/elsewhere/config.yaml"
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

    private static void AssertSame(
        SortedDictionary<string, string> wanted,
        SortedDictionary<string, string> now,
        string words
    )
    {
        var differences = wanted
            .Except(now)
            .Select(pair => $"-{pair}")
            .Concat(now.Except(wanted).Select(pair => $"+{pair}"))
            .ToArray();
        Assert.True(differences.Length == 0, $"{words}\n{string.Join('\n', differences)}");
    }
}
