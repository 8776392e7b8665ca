// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tests.Commands;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("/etc/crio/auth", "/etc/crio/auth")]
    [InlineData("https://kubernetes.default.svc", "https://kubernetes.default.svc")]
    [InlineData("", "''")]
    [InlineData("-rf", "'-rf'")]
    [InlineData("a b", "'a b'")]
    [InlineData("x; reboot", "'x; reboot'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(id)`id`", "'$(id)`id`'")]
    [InlineData("a\nb", "'a\nb'")]
    public void A_value_is_one_word_that_means_itself_to_a_shell(string value, string word)
    {
        Assert.Equal(word, ShellWord.Of(value));
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", $"printf %s {ShellWord.Of(value)}"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Equal(value, shell.StandardOutput.ReadToEnd());
    }
}
