using System.Reflection;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tests.Support;

namespace CrioCredentialProvider.Tests.Docs;

public sealed class MessagesPageTests
{
    [Fact]
    public void Each_reason_has_its_heading_and_each_heading_its_reason()
    {
        var reasons = typeof(Reasons).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (Reason)field.GetValue(null)!)
            .ToArray();
        Assert.Equal(reasons.Length, reasons.Select(reason => reason.Id).Distinct().Count());
        var headings = File.ReadLines(Path.Combine(Repository.Root, "docs/reference/messages.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.Equal(reasons.Select(reason => $"## {reason.Id} {reason.Title}"), headings);
    }

    [Fact]
    public void Each_link_between_documents_leads_somewhere()
    {
        string[] pages = [.. Directory.GetFiles(Repository.Root, "*.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)];
        foreach (var page in pages)
        {
            foreach (var part in File.ReadAllText(page).Split("](").Skip(1))
            {
                var target = part[..part.IndexOf(')', StringComparison.Ordinal)];
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)), $"{page}: {target}");
            }
        }
    }
}
