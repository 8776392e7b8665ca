// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.Tools.PodPulls;

namespace CrioCredentialProvider.Tests.PodPulls;

/// <summary>JSON's grammar permits an unpaired surrogate, and a file may have one; .NET has no text for it.</summary>
public sealed class UnpairedSurrogateTests
{
    private const string Objects = """
        {"kind":"List","items":[{"\ud800":0,"kind":"Pod","metadata":{"name":"web","namespace":"team-a"},
          "spec":{"serviceAccountName":"\ud800","containers":[{"name":"app","image":"quay.io/x/y:1","\ud800":0}]},
          "status":{"containerStatuses":[{"name":"app","state":{"waiting":{"reason":"ErrImagePull","message":"\ud800"}}}]}},
         {"\ud800":0,"kind":"Event","reason":"Failed","message":"\ud800",
          "involvedObject":{"kind":"Pod","name":"web","namespace":"team-a"}}]}
        """;

    [Fact]
    public void Such_a_value_is_one_that_is_not_there()
    {
        var pod = PodFacts.Find(Objects, "team-a", "web")!;
        Assert.Equal("default", pod.ServiceAccount);
        Assert.Equal([new PodContainer("app", "quay.io/x/y:1", "ErrImagePull", null)], pod.Containers);
        Assert.Equal([new PodEvent("Failed", "")], pod.Events);
        Assert.Null(JournalLine.Parse("""{"__REALTIME_TIMESTAMP":"1","MESSAGE":"\ud800"}"""));
        Assert.Null(JournalLine.Parse("""{"__REALTIME_TIMESTAMP":"1","\ud800":"x"}"""));
    }

    [Fact]
    public async Task Explain_goes_on_without_it()
    {
        string[] arguments = ["explain", "--pod", "team-a/web", "--objects", "-", "--journal-file", "/dev/null"];
        var run = await InProcess.RunAsync(Objects, arguments);
        Assert.Equal("", run.Stderr);
        Assert.Contains("quay.io/x/y:1 (container \"app\"): ErrImagePull\n", run.Stdout, StringComparison.Ordinal);
    }
}
