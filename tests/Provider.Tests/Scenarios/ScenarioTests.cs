// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Scenarios;

/// <summary>Every file of <c>tests/scenarios</c>, in this process.</summary>
public sealed class ScenarioTests
{
    [Theory]
    [MemberData(nameof(ScenarioFolder.Names), MemberType = typeof(ScenarioFolder))]
    public void In_process_the_scenario_comes_out_as_written(string name)
    {
        using var world = new ScenarioWorld(ScenarioFolder.Read(name));
        ScenarioFolder.Check(name, world, world.RunInProcess());
    }

    [Theory]
    [MemberData(nameof(ScenarioFolder.NamesAtAnyLevel), MemberType = typeof(ScenarioFolder))]
    public void At_debug_level_the_scenario_has_the_same_result_and_prints_no_secret(string name)
    {
        using var world = new ScenarioWorld(ScenarioFolder.Read(name));
        ScenarioFolder.Check(name, world, world.RunInProcess("--log-level=debug"));
    }

    [Theory]
    [MemberData(nameof(ScenarioFolder.Names), MemberType = typeof(ScenarioFolder))]
    public void What_must_never_appear_was_really_planted(string name)
    {
        var scenario = ScenarioFolder.Read(name);
        var planted = ScenarioFolder.Inputs(scenario);
        Assert.All(ScenarioFolder.Never(scenario), secret =>
            Assert.Contains(secret, planted, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void No_file_of_the_folder_is_overlooked()
    {
        Assert.Equal(
            ScenarioFolder.Names.Select(row => row.Data + ".txt").Append("README.md").Order(StringComparer.Ordinal),
            Directory
                .GetFileSystemEntries(ScenarioFolder.Folder)
                .Select(path => Path.GetFileName(path)!)
                .Order(StringComparer.Ordinal)
        );
        Assert.InRange(ScenarioFolder.Names.Count, 25, 1000);
    }
}
