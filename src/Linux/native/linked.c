// SPDX-License-Identifier: Apache-2.0
// Which libraries are in this file. The versions come from the libraries themselves; the distribution's own versions of
// them, whose last part tells the security fixes, come from scripts/build-native. Null: not in this file, or not known.
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
