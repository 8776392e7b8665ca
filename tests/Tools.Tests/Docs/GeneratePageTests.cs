// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

public sealed class GeneratePageTests
{
    public static TheoryData<string, string> Consoles
    {
        get
        {
            var data = new TheoryData<string, string>();
            var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/generate.md"));
            foreach (var block in page.Split("```console\n$ ").Skip(1))
            {
                var text = block[..block.IndexOf("```", StringComparison.Ordinal)];
                var end = text.IndexOf('\n', StringComparison.Ordinal);
                data.Add(text[..end], text[(end + 1)..]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Consoles))]
    public void Each_example_prints_what_the_page_shows(string line, string output)
    {
        var (_, stdout, stderr) = InProcess.Execute(
            "bash",
            "-c",
            $"cd \"$1\" && PATH=$2:$PATH && {line}",
            "bash",
            Repository.Root,
            Path.GetDirectoryName(PublishedBinary.FilePath)!
        );
        Assert.Equal(output, stdout + stderr);
    }

    [Fact]
    public void The_page_has_examples() => Assert.Equal(5, Consoles.Count);
}
