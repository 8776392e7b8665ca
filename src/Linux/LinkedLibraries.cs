// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>
/// The libraries that are in this file: those of the static build. The dynamic build uses the node's, and has none
/// (docs/adr/0020). A null is a library that is not in the file, or a version that was not known to the build.
/// </summary>
internal static partial class LinkedLibraries
{
    /// <summary>OpenSSL's own version, such as <c>3.0.19</c>.</summary>
    public static string? OpenSsl => Libc.IsStatic ? Text(LinkedOpenSsl()) : null;

    /// <summary>The distribution's version of OpenSSL, such as <c>3.0.19-1~deb12u1</c>: it tells the fixes.</summary>
    public static string? OpenSslPackage => Libc.IsStatic ? Text(LinkedOpenSslPackage()) : null;

    /// <summary>glibc's own version, such as <c>2.36</c>.</summary>
    public static string? Glibc => Libc.IsStatic ? Text(LinkedGlibc()) : null;

    /// <summary>The distribution's version of glibc, such as <c>2.36-9+deb12u14</c>.</summary>
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
