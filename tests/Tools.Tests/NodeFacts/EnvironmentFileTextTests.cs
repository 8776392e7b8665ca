// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tests.NodeFacts;

/// <summary>
/// The rules of <c>parse_env_file_internal</c> in systemd's src/basic/env-file.c, each with a near miss.
/// </summary>
public sealed class EnvironmentFileTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("A=1", "A=1")]
    [InlineData(" A = 1 2 \r\n\nB=2\n", "A=1 2|B=2")]
    [InlineData("A=\nB\nC=1=2", "A=|C=1=2")]
    [InlineData("# A=1\n;A=1\nA=1 # 2", "A=1 # 2")]
    [InlineData("# 1\\\nA=1", "A=1")]
    // Quotes count at the start, and behind another quoted part.
    [InlineData("A=\"1 \" # 2", "A=1 # 2")]
    [InlineData("A=\" 1 \" ' 2 '\nB=3", "A= 1  2 |B=3")]
    [InlineData("A=1 \"2\"", "A=1 \"2\"")]
    [InlineData("A='1\n# 2'\nB=3", "A=1\n# 2|B=3")]
    [InlineData("A=\"1", "A=1")]
    // A backslash.
    [InlineData("A=1\\\n2", "A=12")]
    [InlineData("A=1 \\\n  # 2\nB=3", "A=1   # 2|B=3")]
    [InlineData("A=1\\", "A=1")]
    [InlineData("A=\\1\\\\2\\ ", "A=1\\2 ")]
    [InlineData("A=\\\"1\"", "A=\"1\"")]
    [InlineData("A=\"\\\"\\\\\\$\\`\\1\\\n2\"", "A=\"\\$`\\12")]
    [InlineData("A='\\'\nB='1\\\n'", "A=\\|B=1\\\n")]
    public void Assignments_are_read_as_systemd_reads_them(string text, string assignments) =>
        Assert.Equal(
            assignments,
            string.Join('|', EnvironmentFileText.Assignments(text).Select(a => a.Name + "=" + a.Value))
        );
}
