// SPDX-License-Identifier: Apache-2.0
// The libraries in this binary. The versions come from the libraries themselves; scripts/build-native passes the
// distribution's versions, whose last part identifies the security fixes. Null: not in this binary, or not known.
#include <stddef.h>

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)
#define HIDDEN __attribute__((visibility("hidden")))

#ifdef STATIC_OPENSSL

#include <gnu/libc-version.h>
#include <openssl/crypto.h>

HIDDEN const char *linked_openssl(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

HIDDEN const char *linked_glibc(void)
{
    return gnu_get_libc_version();
}

#else

HIDDEN const char *linked_openssl(void)
{
    return NULL;
}

HIDDEN const char *linked_glibc(void)
{
    return NULL;
}

#endif

HIDDEN const char *linked_openssl_package(void)
{
#if defined(STATIC_OPENSSL) && defined(OPENSSL_PACKAGE)
    return TEXT(OPENSSL_PACKAGE);
#else
    return NULL;
#endif
}

HIDDEN const char *linked_glibc_package(void)
{
#if defined(STATIC_OPENSSL) && defined(GLIBC_PACKAGE)
    return TEXT(GLIBC_PACKAGE);
#else
    return NULL;
#endif
}
