// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>What is linked into this binary. Null: not in the binary, or not known to the build.</summary>
/// <param name="IsStatic">Whether it includes glibc and OpenSSL (docs/adr/0020).</param>
/// <param name="OpenSsl">OpenSSL's own version, for example <c>3.0.19</c>.</param>
/// <param name="OpenSslPackage">The distribution's version of it, for example <c>3.0.19-1~deb12u1</c>.</param>
/// <param name="Glibc">glibc's own version, for example <c>2.36</c>.</param>
/// <param name="GlibcPackage">The distribution's version of it, for example <c>2.36-9+deb12u14</c>.</param>
internal sealed record LinkedFacts(
    bool IsStatic,
    string? OpenSsl,
    string? OpenSslPackage,
    string? Glibc,
    string? GlibcPackage
)
{
    public static LinkedFacts OfThisFile { get; } =
        new(
            Libc.IsStatic,
            LinkedLibraries.OpenSsl,
            LinkedLibraries.OpenSslPackage,
            LinkedLibraries.Glibc,
            LinkedLibraries.GlibcPackage
        );
}
