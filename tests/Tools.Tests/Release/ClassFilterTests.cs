// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>
/// The test classes that the Makefile, the scripts and CONTRIBUTING.md name. The runner accepts a wildcard only at the
/// ends of a name, and a name without a class is a run without tests.
/// </summary>
public sealed partial class ClassFilterTests
{
    public static TheoryData<string, string> Filters =>
        new(
            Directory
                .GetFiles(Path.Combine(Repository.Root, "scripts"))
                .Append(Path.Combine(Repository.Root, "Makefile"))
                .Append(Path.Combine(Repository.Root, "CONTRIBUTING.md"))
                .SelectMany(file =>
                    Filter
                        .Matches(File.ReadAllText(file))
                        .Select(match => (Path.GetRelativePath(Repository.Root, file), match.Groups[1].Value))
                )
        );

    [Theory]
    [MemberData(nameof(Filters))]
    public void Each_filter_selects_a_test_class(string file, string filter)
    {
        Assert.DoesNotContain('*', filter.Trim('*'));
        var pattern = "^" + Regex.Escape(filter).Replace(@"\*", ".*", StringComparison.Ordinal) + "$";
        Assert.True(Classes.Value.Any(name => Regex.IsMatch(name, pattern)), $"{file}: no class for {filter}");
    }

    private static readonly Lazy<List<string>> Classes = new(() =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
                .SelectMany(path =>
                {
                    var text = File.ReadAllText(path);
                    var space = Namespace.Match(text).Groups[1].Value;
                    return TestClass.Matches(text).Select(match => $"{space}.{match.Groups[1].Value}");
                }),
        ]
    );

    [GeneratedRegex(@"-class-? '?(\*?\.?[\w.*]+)")]
    private static partial Regex Filter { get; }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace { get; }

    [GeneratedRegex(@"^public (?:sealed )?(?:partial )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex TestClass { get; }
}
