// SPDX-License-Identifier: Apache-2.0
// All threads allocate native memory from one arena. Otherwise glibc reserves 128 MB of address space for each further
// arena and makes it usable page by page, with a system call for each. The runtime starts its first thread before any
// code of the program itself, so this is a constructor.
#include <malloc.h>

__attribute__((constructor)) static void share_arena(void)
{
    (void)mallopt(M_ARENA_MAX, 1);
}
