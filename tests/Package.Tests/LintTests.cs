// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>
/// Runs the distributions' linters. The files in packaging/ list the warnings to ignore, with reasons.
/// </summary>
public sealed class LintTests
{
    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void Lintian_has_nothing_to_say(string architecture)
    {
        var run = HostCommand.Run(
            "lintian",
            "--allow-root",
            "--pedantic",
            "--display-info",
            "--fail-on=error,warning,info,pedantic",
            BuiltPackages.Deb(architecture)
        );
        Assert.True(run is { ExitCode: 0, Stdout: "" }, $"{run}");
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void Rpmlint_has_nothing_to_say(string architecture)
    {
        var config = Path.Combine(Repository.Root, "packaging/rpm/rpmlint.toml");
        var run = HostCommand.Run("rpmlint", "-c", config, BuiltPackages.Rpm(architecture));
        Assert.True(run.ExitCode == 0, $"{run}");
        Assert.Contains(
            "1 packages and 0 specfiles checked; 0 errors, 0 warnings",
            run.Stdout,
            StringComparison.Ordinal
        );
    }
}
