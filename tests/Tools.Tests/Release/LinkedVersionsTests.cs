// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>What <c>--version-json</c> says is in the file, and what the file's bytes say.</summary>
public sealed class LinkedVersionsTests
{
    [Fact]
    public void The_static_file_names_the_libraries_that_its_bytes_name()
    {
        var facts = Facts(PublishedBinary.FilePath);
        Assert.Equal("static", (string?)facts["linkage"]);
        var strings = InProcess.Execute("strings", "-a", PublishedBinary.FilePath).Stdout.Split('\n');
        Assert.Contains(strings, line =>
            line.StartsWith($"OpenSSL {facts["opensslVersion"]} ", StringComparison.Ordinal)
        );
        Assert.Contains(strings, line =>
            line.StartsWith("GNU C Library (", StringComparison.Ordinal)
            && line.EndsWith($" release version {facts["glibcVersion"]}.", StringComparison.Ordinal)
            && line.Contains($" {facts["glibcPackage"]}) ", StringComparison.Ordinal)
        );
        var wide = InProcess.Execute("strings", "-a", "-e", "l", PublishedBinary.FilePath).Stdout.Split('\n');
        Assert.Contains(wide, line => line.Contains((string)facts["dotnetVersion"]!, StringComparison.Ordinal));

        // The bytes do not have the package's version of OpenSSL. The package does, on the machine that built the file.
        Assert.Equal(
            InProcess.Execute("dpkg-query", "-W", "-f", "${Version}", "libssl-dev").Stdout,
            (string?)facts["opensslPackage"]
        );
    }

    [Fact]
    public void The_dynamic_file_has_no_library_to_name()
    {
        var facts = Facts(Path.Combine(Repository.Root, "build/crio-credential-provider-dynamic"));
        Assert.Equal("dynamic", (string?)facts["linkage"]);
        string[] libraries = ["opensslVersion", "opensslPackage", "glibcVersion", "glibcPackage"];
        Assert.All(libraries, name => Assert.True(facts.ContainsKey(name) && facts[name] is null, name));
        Assert.Equal(Facts(PublishedBinary.FilePath)["dotnetVersion"]!.ToString(), facts["dotnetVersion"]!.ToString());
    }

    private static JsonObject Facts(string binary) =>
        JsonNode.Parse(InProcess.Execute(binary, "--version-json").Stdout)!.AsObject();
}
