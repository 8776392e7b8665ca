// SPDX-License-Identifier: Apache-2.0
// no_new_privs, Landlock rules and capabilities are per thread, and only the thread itself can change them. So each
// thread of this process gets a signal whose handler does it, as in Go's syscall.AllThreadsSyscall and libcap's libpsx.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The same number on every processor; Debian 11's headers do not define it.
#define LANDLOCK_RESTRICT_SELF 446

// How long to wait for the threads to handle the signal. All of them sleep, so it takes microseconds.
#define PATIENCE_SECONDS 1

// errno of each step that a thread was refused; 0 if it was not.
struct refusals {
    int32_t no_new_privs;
    int32_t landlock;
    int32_t capabilities;
    int32_t threads;
};

static struct refusals refused;
static int landlock_ruleset;
static uint32_t kept_capabilities;
static sem_t answers;

static void restrict_thread(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        refused.no_new_privs = errno;
    if (landlock_ruleset >= 0 && syscall(LANDLOCK_RESTRICT_SELF, landlock_ruleset, 0) != 0)
        refused.landlock = errno;

    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, sets) != 0) {
        refused.capabilities = errno;
        return;
    }
    sets[0].effective &= kept_capabilities;
    sets[0].permitted &= kept_capabilities;
    sets[0].inheritable = 0;
    memset(&sets[1], 0, sizeof sets[1]);
    if (syscall(SYS_capset, &header, sets) != 0)
        refused.capabilities = errno;
}

static void on_signal(int number)
{
    (void)number;
    int before = errno;
    restrict_thread();
    sem_post(&answers);
    errno = before;
}

// Returns how many other threads were signalled; -1 if they cannot be listed.
static int ask_others(void)
{
    DIR *threads = opendir("/proc/self/task");
    if (!threads)
        return -1;

    int asked = 0;
    pid_t self = (pid_t)syscall(SYS_gettid);
    for (struct dirent *entry; (entry = readdir(threads));) {
        pid_t thread = (pid_t)atoi(entry->d_name);
        if (thread > 0 && thread != self && syscall(SYS_tgkill, getpid(), thread, SIGRTMAX) == 0)
            asked++;
    }
    closedir(threads);
    return asked;
}

// Drops all capabilities except those in kept (a mask of the lower 32), in every thread, and enforces the Landlock
// rules; ruleset is -1 for none. The handler stays installed, because the signal would kill the process if a thread
// handled it late.
__attribute__((visibility("hidden"))) struct refusals restrict_threads(int32_t ruleset, uint32_t kept)
{
    landlock_ruleset = ruleset;
    kept_capabilities = kept;
    restrict_thread();

    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct timespec end;
    if (sem_init(&answers, 0, 0) != 0 || sigaction(SIGRTMAX, &action, NULL) != 0) {
        refused.threads = errno;
        return refused;
    }

    int asked = ask_others();
    if (asked < 0)
        refused.threads = errno;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += PATIENCE_SECONDS;
    for (; asked > 0; asked--) {
        while (sem_clockwait(&answers, CLOCK_MONOTONIC, &end) != 0) {
            if (errno != EINTR) {
                refused.threads = errno;
                return refused;
            }
        }
    }
    return refused;
}
