// SPDX-License-Identifier: Apache-2.0
// Functions that stand in for functions of the framework: with the linker's option --wrap=NAME, whoever calls NAME calls
// __wrap_NAME. crio-credential-provider.csproj passes the options.
#include <stdbool.h>
#include <stdint.h>

// The runtime starts a program that dumps its memory when it fails, if DOTNET_DbgEnableMiniDump is set. A dump could hold
// tokens, so the runtime believes that it is prepared for dumps, and prepares nothing.
__attribute__((visibility("hidden"))) bool __wrap__Z23PalCreateDumpInitializev(void)
{
    return true;
}

#ifdef STATIC_OPENSSL

int32_t CryptoNative_EnsureOpenSslInitialized(void);

// The framework makes two throw-away TLS contexts to find out whether openssl.cnf names cipher suites. The static build
// reads no openssl.cnf (OpenSsl.cs), so starting libcrypto is all that is left to do.
__attribute__((visibility("hidden"))) void __wrap_CryptoNative_EnsureLibSslInitialized(void)
{
    (void)CryptoNative_EnsureOpenSslInitialized();
}

#else

#include <stdlib.h>

// OpenSsl.cs calls these in the static build only, but both builds link the same objects. The dynamic build has its
// OpenSSL from the node, and loads it when it is first needed.
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
