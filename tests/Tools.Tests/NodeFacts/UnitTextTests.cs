// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.NodeFacts;

/// <summary>
/// The rules of <c>config_parse</c> in systemd's src/shared/conf-parser.c, each with a near miss.
/// </summary>
public sealed class UnitTextTests
{
    [Theory]
    [InlineData("A=1", "A=1")]
    [InlineData("A = 1 \t\r\n\n B=2", "A=1|B=2")]
    [InlineData("A=1=2", "A=1=2")]
    [InlineData("A=\n=1\nA", "A=")]
    // A backslash at the end of a line becomes a space; the indentation of the next line is kept.
    [InlineData("A=1\\\n  2", "A=1   2")]
    [InlineData("A=1\\\r\n2", "A=1 2")]
    [InlineData("A=1\\\nB=2", "A=1 B=2")]
    [InlineData("A=1 \\\n \\\n2", "A=1    2")]
    [InlineData("A=1\\", "A=1")]
    // An escaped backslash, or one before a blank, does not continue the line.
    [InlineData("A=1\\\\\nB=2", "A=1\\\\|B=2")]
    [InlineData("A=1\\\\\\\nB=2", "A=1\\\\ B=2")]
    [InlineData("A=1\\ \nB=2", "A=1\\|B=2")]
    // A comment is ignored between continued lines as well, whatever it ends with; an empty line ends them.
    [InlineData("#A=1\n ;A=1\nA=1 # 2", "A=1 # 2")]
    [InlineData("A=1\\\n # 2\\\n;3\n4", "A=1 4")]
    [InlineData("A=1\\\n\nB=2", "A=1|B=2")]
    [InlineData("# 1\\\nA=1", "A=1")]
    // Other sections, also after the first, and ones whose names only resemble it.
    [InlineData("A=1\n[Unit]\nA=2\n [Service] \nB=2", "A=1|B=2")]
    [InlineData("[service]\nA=1", "")]
    [InlineData("[X-Service]\nA=1", "")]
    [InlineData("[Service\nA=1", "")]
    public void Assignments_are_read_as_systemd_reads_them(string text, string assignments) =>
        Assert.Equal(
            assignments,
            string.Join('|', UnitText.ServiceAssignments("[Service]\n" + text).Select(a => a.Key + "=" + a.Value))
        );

    [Fact]
    public void Assignments_before_the_first_section_are_ignored() =>
        Assert.Empty(UnitText.ServiceAssignments("A=1\n"));
}
