// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Generate;

/// <summary>What is committed is what the published binary prints.</summary>
public sealed class GeneratedFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_committed_files_are_what_make_generated_writes()
    {
        Assert.Equal(
            new CommandResult(0, "", ""),
            InProcess.Execute(Path.Combine(Repository.Root, "scripts/generated"), PublishedBinary.FilePath, folder)
        );
        var written = Files(folder, "").ToList();
        Assert.Equal(
            written,
            Files(Repository.Root, "docs/man")
                .Concat(Files(Repository.Root, "packaging/completions"))
                .Concat(Files(Repository.Root, "deploy/generated"))
                .Order(StringComparer.Ordinal)
        );
        foreach (var name in written)
        {
            Assert.True(
                File.ReadAllText(Path.Combine(folder, name)) == File.ReadAllText(Path.Combine(Repository.Root, name)),
                $"{name} is not what the program prints: run make generated"
            );
        }
    }

    [Fact]
    public void Each_committed_kubelet_config_is_valid()
    {
        string[] configs =
        [
            .. Directory.GetFiles(Path.Combine(Repository.Root, "deploy/generated"), "kubelet-config-*.yaml"),
        ];
        Assert.Equal(3, configs.Length);
        Assert.All(configs, config => Assert.Empty(KubeletRules.Problems(File.ReadAllText(config))));
    }

    private static IEnumerable<string> Files(string root, string below) =>
        Directory
            .GetFiles(Path.Combine(root, below), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Order(StringComparer.Ordinal);
}
