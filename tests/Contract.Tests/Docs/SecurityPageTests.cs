// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>The threat model names the tests that show it: each must be there, and run.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "SECURITY.md"));

    [Fact]
    public void Each_test_that_the_threat_model_names_exists()
    {
        string[] suites = ["Provider.Tests", "Tools.Tests", "Contract.Tests"];
        var tests = suites
            .SelectMany(suite => Assembly.LoadFrom(BesideThis(suite)).GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            .Where(method => method.GetCustomAttributes<FactAttribute>(inherit: true).Any())
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
            .ToHashSet();
        var named = TestName().Matches(Page).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Equal([], named.Except(tests));
        Assert.InRange(named.Count, 40, int.MaxValue);
    }

    [Fact]
    public void Each_row_of_the_threat_model_names_a_test()
    {
        var rows = Page.Split('\n')
            .Where(line =>
                line.StartsWith('|')
                && !line.StartsWith("|---", StringComparison.Ordinal)
                && !line.StartsWith("| could try", StringComparison.Ordinal)
            )
            .ToList();
        Assert.All(rows, row => Assert.Matches(TestName(), row));
        Assert.InRange(rows.Count, 20, int.MaxValue);
    }

    /// <summary>The suite's assembly of the same build: <c>build/bin/SUITE/CONFIGURATION/SUITE.dll</c>.</summary>
    private static string BesideThis(string suite) =>
        AppContext.BaseDirectory.Replace(
            $"{Path.DirectorySeparatorChar}Contract.Tests{Path.DirectorySeparatorChar}",
            $"{Path.DirectorySeparatorChar}{suite}{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal
        )
        + suite
        + ".dll";

    [GeneratedRegex("`([A-Z][A-Za-z]*(?:Tests|Properties)\\.[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
