// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>The OpenSSL in the static build.</summary>
internal static partial class OpenSsl
{
    private const ulong NoErrorTexts = 0x00000001; // OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS
    private const ulong NoCiphersByLegacyName = 0x00000010; // OPENSSL_INIT_NO_ADD_ALL_CIPHERS
    private const ulong NoConfiguration = 0x00000080; // OPENSSL_INIT_NO_LOAD_CONFIG
    private const ulong NoCleaningAtExit = 0x00080000; // OPENSSL_INIT_NO_ATEXIT
    private const ulong NoTlsErrorTexts = 0x00100000; // OPENSSL_INIT_NO_LOAD_SSL_STRINGS

    [LibraryImport("libcrypto", EntryPoint = "OPENSSL_init_crypto")]
    private static partial int InitializeCrypto(ulong options, nint settings);

    [LibraryImport("libssl", EntryPoint = "OPENSSL_init_ssl")]
    private static partial int InitializeTls(ulong options, nint settings);

    /// <summary>
    /// Initializes OpenSSL before the framework does, without the parts that no run uses (docs/adr/0020). OpenSSL runs
    /// each step only once, so the framework's own, larger initialization is a no-op. The node's openssl.cnf is not
    /// read, because this OpenSSL cannot load the modules that it names. This saves a third of the instructions of a
    /// start.
    /// </summary>
    public static void Start()
    {
        if (Libc.IsStatic)
        {
            _ = InitializeCrypto(NoErrorTexts | NoCiphersByLegacyName | NoConfiguration | NoCleaningAtExit, 0);
            _ = InitializeTls(NoTlsErrorTexts | NoConfiguration | NoCleaningAtExit, 0);
        }
    }
}
