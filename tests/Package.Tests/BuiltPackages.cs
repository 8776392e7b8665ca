// SPDX-License-Identifier: Apache-2.0
using System.Xml.Linq;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Packages;

/// <summary>The files that <c>make packages</c> wrote.</summary>
internal static class BuiltPackages
{
    public const string Name = "crio-credential-provider";
    public const string Program = "/usr/libexec/kubelet-image-credential-provider-plugins/" + Name;

    /// <summary><c>PACKAGES</c>, or <c>build/packages</c>.</summary>
    public static readonly string Folder = Environment.GetEnvironmentVariable("PACKAGES")
        ?? Path.Combine(Repository.Root, "build", "packages");

    public static readonly string Version = XDocument
        .Load(Path.Combine(Repository.Root, "Directory.Build.props"))
        .Descendants("Version")
        .Single()
        .Value;

    public static string Binary(string architecture) => At($"{Name}-linux-{architecture}");

    public static string Archive(string architecture) => At($"{Name}-{Version}-linux-{architecture}.tar.gz");

    public static string Deb(string architecture) => At($"{Name}_{PackageVersion}-1_{architecture}.deb");

    public static string Rpm(string architecture) =>
        At($"{Name}-{PackageVersion}-1.{(architecture == "amd64" ? "x86_64" : "aarch64")}.rpm");

    public static string SystemExtension(string architecture) =>
        At($"{Name}-{Version}-{(architecture == "amd64" ? "x86-64" : architecture)}.raw");

    public static string Image => At($"{Name}-{Version}.oci.tar");

    public static string Sbom(string architecture, string kind) => At($"{Name}-linux-{architecture}.{kind}.json");

    /// <summary>Writes a pre-release such that dpkg and rpm sort it before its release.</summary>
    public static string PackageVersion => Version.Replace('-', '~');

    public static string At(string file) => Path.Combine(Folder, file);
}
