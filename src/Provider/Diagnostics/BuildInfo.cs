// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// What was built, and from what. The first names are those of the Go original's <c>--version-json</c>, so that
/// inventories that read it keep working; <c>goVersion</c> contains the compiled-in .NET runtime. The others name the
/// libraries in the binary; null means that the dynamic build uses the node's library.
/// </summary>
internal static class BuildInfo
{
    /// <summary>The program's name, as people type it and as messages begin with it.</summary>
    public const string Program = "crio-credential-provider";

    /// <summary>For example <c>0.1.0</c>.</summary>
    public const string Version = BuildFacts.Version;

    /// <summary>The release date of this version, past or planned: <c>YYYY-MM-DD</c>.</summary>
    public const string ReleaseDate = BuildFacts.ReleaseDate;

    private static readonly LinkedFacts Linked = LinkedFacts.OfThisFile;

    /// <summary>How glibc and OpenSSL are linked: <c>static</c> or <c>dynamic</c> (docs/adr/0020).</summary>
    public static string Linkage => Linked.IsStatic ? "static" : "dynamic";

    /// <summary>The version of the .NET runtime in the binary, for example <c>10.0.12</c>.</summary>
    public static string DotNetVersion => RuntimeInformation.FrameworkDescription.Split(' ')[^1];

    /// <summary>
    /// The distribution's version of the OpenSSL in the binary, or OpenSSL's own if the build did not know it; empty if
    /// the node's OpenSSL is used.
    /// </summary>
    public static string OpenSsl => Linked.OpenSslPackage ?? Linked.OpenSsl ?? "";

    /// <summary>The same for glibc.</summary>
    public static string Glibc => Linked.GlibcPackage ?? Linked.Glibc ?? "";

    /// <summary>
    /// The runtime and the libraries in the binary on one line, with the distribution's package versions, for example
    /// <c>.NET 10.0.12, OpenSSL 3.0.19 (3.0.19-1~deb12u1)</c>.
    /// </summary>
    public static string Libraries
    {
        get
        {
            var openSsl = Library("OpenSSL", Linked.OpenSsl, Linked.OpenSslPackage);
            var glibc = Library("glibc", Linked.Glibc, Linked.GlibcPackage);
            return $".NET {DotNetVersion}, {openSsl}, {glibc}";
        }
    }

    /// <summary>The facts of the build, in the order in which they are printed; a fact of the node is null.</summary>
    public static (string Name, string? Value)[] Facts =>
        [
            ("version", Version),
            ("gitCommit", BuildFacts.GitCommit),
            ("gitCommitDate", BuildFacts.GitCommitDate),
            ("buildDate", BuildFacts.GitCommitDate),
            ("goVersion", RuntimeInformation.FrameworkDescription),
            ("compiler", "ilc"),
            ("platform", "linux/" + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64")),
            ("ldFlags", "none"),
            ("linkage", Linkage),
            ("dotnetVersion", DotNetVersion),
            ("opensslVersion", Linked.OpenSsl),
            ("opensslPackage", Linked.OpenSslPackage),
            ("glibcVersion", Linked.Glibc),
            ("glibcPackage", Linked.GlibcPackage),
        ];

    /// <summary>The packages in the binary, with their versions.</summary>
    public static string[] Dependencies => BuildFacts.Dependencies.Split(',');

    private static string Library(string name, string? version, string? package) =>
        version is null ? $"the node's {name}"
        : package is null ? $"{name} {version}"
        : $"{name} {version} ({package})";
}
