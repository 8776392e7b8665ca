// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// The kubelet does not start with an invalid configuration, and a node without a kubelet is lost to its cluster. So
/// wherever a reader pastes a restart, the validation stands before it.
/// </summary>
public sealed class RestartGateTests
{
    private static readonly string[] Restarts = ["systemctl restart kubelet", "systemctl restart crio microshift"];

    /// <summary>doctor, the tutorial's section that runs it, or what rejects a config of other providers.</summary>
    private static readonly string[] Gates =
    [
        "doctor --check CP001,",
        "doctor --profile microshift --check CP001,",
        "one-node.md#6-configure-the-kubelet",
        "generate kubelet-config --merge-into FILE > /dev/null",
        "once CP001 to CP004 are ok",
    ];

    [Fact]
    public void Each_restart_of_a_kubelet_follows_a_validation()
    {
        var restarts = Files()
            .SelectMany(file => SectionsUpToARestart(file).Select(section => (file, section)))
            .ToArray();
        Assert.Contains(restarts, restart => restart.file == "docs/tutorial/one-node.md");
        Assert.Contains(restarts, restart => restart.file.StartsWith("deploy/generated/", StringComparison.Ordinal));
        Assert.Empty(
            restarts
                .Where(restart => !Gates.Any(gate => restart.section.Contains(gate, StringComparison.Ordinal)))
                .Select(restart => restart.file)
        );
    }

    [Theory]
    [InlineData("## A\n```sh\nsystemctl restart kubelet\n```\n", "## A\n```sh\nsystemctl restart kubelet\n")]
    [InlineData("doctor --check CP001,CP002\n## A\n", null)]
    [InlineData("first\n## A\nsystemctl restart kubelet\n", "## A\nsystemctl restart kubelet\n")]
    public void A_section_begins_with_its_heading(string page, string? section) =>
        Assert.Equal(section is null ? [] : [section], SectionsUpToARestart(page.Split('\n')));

    private static IEnumerable<string> Files() =>
        new[] { "docs", "deploy", "packaging" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
            )
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Append("README.md");

    private static IEnumerable<string> SectionsUpToARestart(string file) =>
        SectionsUpToARestart(File.ReadAllLines(Path.Combine(Repository.Root, file)));

    /// <summary>For each line with a restart, its section up to and with the line.</summary>
    private static IEnumerable<string> SectionsUpToARestart(string[] lines)
    {
        var heading = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
            {
                heading = i;
            }

            if (Restarts.Any(restart => lines[i].Contains(restart, StringComparison.Ordinal)))
            {
                yield return string.Concat(lines[heading..(i + 1)].Select(line => line + "\n"));
            }
        }
    }
}
