// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// The libraries in this binary: those of the static build. The dynamic build uses the node's libraries and contains
/// none (docs/adr/0020). Null: the library is not in the binary, or its version was not known to the build.
/// </summary>
internal static partial class LinkedLibraries
{
    /// <summary>OpenSSL's own version, for example <c>3.0.19</c>.</summary>
    public static string? OpenSsl => Libc.IsStatic ? Text(LinkedOpenSsl()) : null;

    /// <summary>The distribution's version of OpenSSL, for example <c>3.0.19-1~deb12u1</c>; it shows which fixes are
    /// included.</summary>
    public static string? OpenSslPackage => Libc.IsStatic ? Text(LinkedOpenSslPackage()) : null;

    /// <summary>glibc's own version, for example <c>2.36</c>.</summary>
    public static string? Glibc => Libc.IsStatic ? Text(LinkedGlibc()) : null;

    /// <summary>The distribution's version of glibc, for example <c>2.36-9+deb12u14</c>.</summary>
    public static string? GlibcPackage => Libc.IsStatic ? Text(LinkedGlibcPackage()) : null;

    private static string? Text(nint text) => Marshal.PtrToStringUTF8(text);

    [LibraryImport("linked", EntryPoint = "linked_openssl")]
    private static partial nint LinkedOpenSsl();

    [LibraryImport("linked", EntryPoint = "linked_openssl_package")]
    private static partial nint LinkedOpenSslPackage();

    [LibraryImport("linked", EntryPoint = "linked_glibc")]
    private static partial nint LinkedGlibc();

    [LibraryImport("linked", EntryPoint = "linked_glibc_package")]
    private static partial nint LinkedGlibcPackage();
}
