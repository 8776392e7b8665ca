// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.Doctor;

public sealed class ComponentVersionTests
{
    [Theory]
    [InlineData("Kubernetes v1.34.1", "1.34.1")]
    [InlineData("\"1.31.10+0123abc\"", "1.31.10")]
    [InlineData("1:1.35.0-1.1", "1.35.0")]
    [InlineData("v1.36", "1.36.0")]
    [InlineData("crio version 1.34.3\nGitCommit: abc", "1.34.3")]
    [InlineData("unknown", null)]
    [InlineData("1", null)]
    public void A_version_is_found_in_what_programs_print(string text, string? version) =>
        Assert.Equal(version, ComponentVersion.TryFind(text, out var found) ? found.ToString() : null);
}
