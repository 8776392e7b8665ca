// SPDX-License-Identifier: Apache-2.0
// Functions that replace functions of the framework: with the linker option --wrap=NAME, a call of NAME calls
// __wrap_NAME. crio-credential-provider.csproj passes the options.
#include <stdbool.h>
#include <stdint.h>

// If DOTNET_DbgEnableMiniDump is set, the runtime starts a program that dumps its memory on failure. A dump could
// contain tokens, so this reports success without preparing a dump.
__attribute__((visibility("hidden"))) bool __wrap__Z23PalCreateDumpInitializev(void)
{
    return true;
}

#ifdef STATIC_OPENSSL

int32_t CryptoNative_EnsureOpenSslInitialized(void);

// The framework creates two temporary TLS contexts to find out whether openssl.cnf names cipher suites. The static
// build does not read openssl.cnf (OpenSsl.cs), so it only needs to initialize libcrypto.
__attribute__((visibility("hidden"))) void __wrap_CryptoNative_EnsureLibSslInitialized(void)
{
    (void)CryptoNative_EnsureOpenSslInitialized();
}

#else

#include <stdlib.h>

// OpenSsl.cs calls these only in the static build, but both builds link the same objects. The dynamic build loads the
// node's OpenSSL when it is first needed.
__attribute__((visibility("hidden"))) int OPENSSL_init_crypto(uint64_t options, const void *settings)
{
    (void)options;
    (void)settings;
    abort();
}

__attribute__((visibility("hidden"))) int OPENSSL_init_ssl(uint64_t options, const void *settings)
{
    return OPENSSL_init_crypto(options, settings);
}

#endif
