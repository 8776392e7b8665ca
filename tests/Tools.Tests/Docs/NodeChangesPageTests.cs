// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Rollout;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>docs/reference/node-changes.md names what the engine writes.</summary>
public sealed class NodeChangesPageTests
{
    public static TheoryData<string> Written =>
        [
            new WantedState().ProgramPath,
            OwnProvider.UsualConfigPath,
            FlagsDropIn.PathFor("kubelet.service"),
            SweepUnits.ServicePath,
            Path.GetFileName(SweepUnits.TimerPath),
            Path.GetFileName(Path.GetDirectoryName(SweepUnits.LinkPath)!),
            StateFileWriter.UsualDirectory,
            UndoGuard.BootUnitPath,
            Path.GetFileName(Path.GetDirectoryName(UndoGuard.BootLinkPath)!),
            UndoGuard.TimerName + ".timer",
        ];

    [Theory]
    [MemberData(nameof(Written))]
    public void The_page_names_each_path_and_unit(string path) =>
        Assert.Contains(
            $"`{path}`",
            File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/node-changes.md")),
            StringComparison.Ordinal
        );
}
