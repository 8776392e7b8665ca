// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Copies of the files that an installation replaced, named by content hash, so that an uninstall can restore them.
/// </summary>
/// <param name="files">The node's files.</param>
/// <param name="directory">The state directory on the node.</param>
internal sealed class OriginalFiles(NodeFileWriter files, string directory)
{
    private string Folder => files.Here($"{directory}/originals");

    /// <summary>Copies a file of the node here.</summary>
    /// <param name="path">The path on the node.</param>
    /// <param name="content">The SHA-256 of its content.</param>
    /// <exception cref="RolloutException">There is no space or no permission.</exception>
    public void Keep(string path, string content)
    {
        var to = PathOf(content);
        if (File.Exists(to))
        {
            return;
        }

        files.Changing($"copy the original of {path}");
        try
        {
            _ = Directory.CreateDirectory(Folder, OwnerMode.Directory);
            File.Copy(files.Here(path), to + ".new", overwrite: true);
            using (var copy = File.OpenHandle(to + ".new", FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(copy);
            }

            File.Move(to + ".new", to, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException(
                $"the original of \"{path}\" cannot be copied to \"{directory}\": {OneLine.Of(e.Message)}"
            );
        }
    }

    public Stream Open(string content) => File.OpenRead(PathOf(content));

    /// <summary>The text of a replaced file; null if there is no copy.</summary>
    public string? ReadText(string content)
    {
        try
        {
            return File.ReadAllText(PathOf(content));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes the copies that no installed path refers to.</summary>
    public void Tidy(IReadOnlyList<InstalledPath> installed)
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        var wanted = installed.Select(path => path.Original.Content).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(Folder).Where(file => !wanted.Contains(Path.GetFileName(file))))
        {
            files.Changing("remove an original that nothing needs");
            File.Delete(file);
        }

        if (wanted.All(string.IsNullOrEmpty))
        {
            Directory.Delete(Folder);
        }
    }

    private string PathOf(string content) => $"{Folder}/{content}";
}
