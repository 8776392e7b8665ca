// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>The binary's own report, its bytes and the SBOM documents must agree.</summary>
public sealed class SbomTests
{
    [Theory]
    [InlineData("amd64", "linux-x64")]
    [InlineData("arm64", "linux-arm64")]
    public void The_binary_its_bytes_and_both_documents_name_the_same_versions(string architecture, string runtime)
    {
        var facts = Facts(architecture);
        Assert.Equal("static", facts["linkage"]);
        var strings = HostCommand.Read("strings", "-a", BuiltPackages.Binary(architecture)).Split('\n');
        Assert.Contains(strings, line =>
            line.StartsWith($"OpenSSL {facts["opensslVersion"]} ", StringComparison.Ordinal)
        );
        Assert.Contains(strings, line =>
            line.StartsWith("GNU C Library (", StringComparison.Ordinal)
            && line.Contains($" {facts["glibcPackage"]}) ", StringComparison.Ordinal)
            && line.EndsWith($" release version {facts["glibcVersion"]}.", StringComparison.Ordinal)
        );
        var wide = HostCommand.Read("strings", "-a", "-e", "l", BuiltPackages.Binary(architecture)).Split('\n');
        Assert.Contains(wide, line => line.Contains(facts["dotnetVersion"], StringComparison.Ordinal));

        var debian = HostCommand.Read("sh", "-c", ". /etc/os-release; echo \"$ID $ID-$VERSION_ID\"").Trim().Split(' ');
        string Package(string name, string version) =>
            $"{name} pkg:deb/{debian[0]}/{name}@{Uri.EscapeDataString(version)}?arch={architecture}&distro={debian[1]}";
        var cyclonedx = Document(architecture, "cdx");
        string[] expected =
        [
            Package("glibc", facts["glibcPackage"]),
            Package("openssl", facts["opensslPackage"]),
            $"dotnet-runtime pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.{runtime}@{facts["dotnetVersion"]}",
            .. WithTheirDependencies(cyclonedx, facts["dependencies"].Split(',').Select(NuGet)),
        ];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            cyclonedx["components"]!
                .AsArray()
                .Select(part => $"{part!["name"]} {part["purl"]}")
                .Order(StringComparer.Ordinal)
        );
        var spdx = Document(architecture, "spdx");
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            spdx["packages"]!
                .AsArray()
                .Where(package => (string?)package!["SPDXID"] != "SPDXRef-RootPackage")
                .Select(package => $"{package!["name"]} {package["externalRefs"]![0]!["referenceLocator"]}")
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            expected.Length,
            spdx["relationships"]!
                .AsArray()
                .Count(relationship => (string?)relationship!["relationshipType"] == "CONTAINS")
        );
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void Both_documents_describe_the_very_file(string architecture)
    {
        var hash = HostCommand.Read("sha256sum", BuiltPackages.Binary(architecture)).Split(' ')[0];
        var root = Document(architecture, "cdx")["metadata"]!["component"]!;
        Assert.Equal(
            ("crio-credential-provider", BuiltPackages.Version),
            ((string?)root["name"], (string?)root["version"])
        );
        Assert.Equal(hash, (string?)root["hashes"]![0]!["content"]);
        var file = Assert.Single(Document(architecture, "spdx")["files"]!.AsArray())!;
        Assert.Equal($"./crio-credential-provider-linux-{architecture}", (string?)file["fileName"]);
        Assert.Contains(hash, file["checksums"]!.AsArray().Select(checksum => (string?)checksum!["checksumValue"]));
    }

    [Fact]
    public void The_notices_have_the_license_of_each_component()
    {
        var notices = File.ReadAllLines(BuiltPackages.At("THIRD-PARTY-NOTICES.txt"));
        var headings = notices.Where((_, i) => i + 1 < notices.Length && IsRule(notices[i + 1])).ToArray();
        foreach (var component in Document("amd64", "cdx")["components"]!.AsArray())
        {
            var name = (string?)component!["name"] switch
            {
                "openssl" => "OpenSSL ",
                "glibc" => "GNU C Library ",
                "dotnet-runtime" => $".NET runtime {component["version"]} ",
                var nuget => $"{nuget} {component["version"]} ",
            };
            var heading = Assert.Single(headings, line => line.StartsWith(name, StringComparison.Ordinal));
            Assert.Contains((string)component["licenses"]![0]!["license"]!["id"]!, heading, StringComparison.Ordinal);
        }

        static bool IsRule(string line) => line.Length > 3 && line.All(c => c == '=');
    }

    /// <summary>The members of <c>--version-json</c>; a list is joined with commas.</summary>
    private static Dictionary<string, string> Facts(string architecture)
    {
        var runner = architecture == "arm64" ? ArmTests.Emulator : "env";
        var json = HostCommand.Read(runner, BuiltPackages.Binary(architecture), "--version-json");
        return JsonNode
            .Parse(json)!
            .AsObject()
            .ToDictionary(
                pair => pair.Key,
                pair => pair.Value is JsonArray list ? string.Join(',', list) : $"{pair.Value}"
            );
    }

    /// <summary>The binary names the direct dependencies; the documents also name the transitive ones.</summary>
    private static IEnumerable<string> WithTheirDependencies(JsonNode cyclonedx, IEnumerable<string> chosen)
    {
        var brings = cyclonedx["dependencies"]!
            .AsArray()
            .ToDictionary(
                part => (string)part!["ref"]!,
                part => part!["dependsOn"]!.AsArray().Select(on => (string)on!).ToArray()
            );
        Stack<string> open = new(chosen.Select(line => line.Split(' ')[1]));
        HashSet<string> all = [];
        while (open.TryPop(out var purl))
        {
            if (all.Add(purl))
            {
                Array.ForEach(brings.GetValueOrDefault(purl, []), open.Push);
            }
        }

        return all.Select(purl => $"{purl.Split('/', '@')[1]} {purl}");
    }

    private static string NuGet(string dependency) =>
        $"{dependency.Split(' ')[0]} pkg:nuget/{dependency.Replace(' ', '@')}";

    private static JsonNode Document(string architecture, string kind) =>
        JsonNode.Parse(File.ReadAllText(BuiltPackages.Sbom(architecture, kind)))!;
}
