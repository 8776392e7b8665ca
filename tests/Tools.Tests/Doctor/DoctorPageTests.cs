// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Doctor.Checks;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>
/// <c>docs/reference/doctor.md</c> shows real output. To write it anew after a change of wording:
/// <c>TEST_WRITE_DOCS=1 scripts/test -class '*DoctorPageTests'</c>.
/// </summary>
public sealed class DoctorPageTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs/reference/doctor.md");

    [Fact]
    public void Each_check_has_its_heading_and_each_heading_its_check() =>
        Assert.Equal(
            CheckTable.Checks.Select(check => $"## {check.Id} {check.Title}"),
            File.ReadLines(Page).Where(line => line.StartsWith("## CP", StringComparison.Ordinal))
        );

    [Theory]
    [InlineData("")]
    [InlineData(" --check CP004 --output json")]
    public async Task The_output_that_is_shown_is_what_the_program_prints(string options)
    {
        using var node = new NodeTree();
        File.AppendAllText(
            node.Here(NodeTree.RegistriesConf),
            "\n[[registry]]\nlocation = \"quay.io\"\n\n[[registry.mirror]]\nlocation = \"mirror.test:5000/quay\"\n"
        );
        var leftover = node.Here($"{NodeTree.AuthDir}/{Cluster.ArticleFileName}");
        File.WriteAllText(leftover, "{}");
        File.SetUnixFileMode(leftover, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetLastWriteTimeUtc(leftover, DateTime.UtcNow.AddHours(-3));

        var run = await node.RunAsync(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var output = run
            .Stdout.Replace($"127.0.0.1:{node.Api.Port}", "10.0.0.1:6443", StringComparison.Ordinal)
            .Replace($"\"{node.Root}\"", "\"/\"", StringComparison.Ordinal)
            .Replace($"\"{BuildInfo.Version}\"", "\"0.1.0\"", StringComparison.Ordinal);
        output = Regex.Replace(output, @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "2026-11-25 09:30:00Z");
        output = Regex.Replace(output, @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-25T09:30:00Z");
        var block = $"```console\n$ crio-credential-provider doctor{options}\n{output}```\n";
        var page = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        var command = $"```console\n$ crio-credential-provider doctor{options}\n";
        var start = page.IndexOf(command, StringComparison.Ordinal);
        Assert.NotEqual(-1, start);
        var end = page.IndexOf("```\n", start + command.Length, StringComparison.Ordinal) + 4;
        if (Environment.GetEnvironmentVariable("TEST_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(
                Page,
                page[..start] + block + page[end..],
                TestContext.Current.CancellationToken
            );
        }
        else
        {
            Assert.Equal(block, page[start..end]);
        }
    }
}
