// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

public sealed class OptionsPageTests
{
    [Fact]
    public void The_page_has_each_option_of_the_table_and_no_other() =>
        Assert.Equal(
            OptionTable.Options.Select(option =>
                $"| `--{option.Flag}{(option.IsSwitch ? "" : " " + option.ValueName.Replace("|", "\\|", StringComparison.Ordinal))}` | `{option.EnvironmentVariable}` | {option.Default} | {option.Summary} |"
            ),
            File.ReadLines(Path.Combine(Repository.Root, "docs/reference/options.md"))
                .Where(line => line.StartsWith("| `--", StringComparison.Ordinal))
        );
}
