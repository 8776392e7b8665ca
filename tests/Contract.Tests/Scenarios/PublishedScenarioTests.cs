// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Scenarios;

/// <summary>Every file of <c>tests/scenarios</c>, against the published binary.</summary>
public sealed class PublishedScenarioTests
{
    [Theory]
    [MemberData(nameof(ScenarioFolder.Names), MemberType = typeof(ScenarioFolder))]
    public void The_published_binary_does_as_the_scenario_says(string name)
    {
        using var world = new ScenarioWorld(ScenarioFolder.Read(name));
        ScenarioFolder.Check(name, world, world.RunPublished());
    }
}
