// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

public sealed class MessagesPageTests
{
    [Fact]
    public void Each_reason_has_its_heading_and_each_heading_its_reason()
    {
        var reasons = typeof(Reasons)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (Reason)field.GetValue(null)!)
            .ToArray();
        Assert.Equal(reasons.Length, reasons.Select(reason => reason.Id).Distinct().Count());
        var headings = File.ReadLines(Path.Combine(Repository.Root, "docs/reference/messages.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.Equal(reasons.Select(reason => $"## {reason.Id} {reason.Title}"), headings);
    }
}
