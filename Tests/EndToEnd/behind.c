/* To be loaded before a program (LD_PRELOAD): its wall clock is BEHIND seconds behind, and so are the times of files.
 *
 * Clocks that measure how long something takes are as they were. Where the C library is told to wait until a moment of the
 * wall clock, it is told the true one: such a moment lies after 2001, one of the other clocks does not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static long behind(void) {
    const char *text = getenv("BEHIND");
    return text ? atol(text) : 0;
}

static struct timespec truly(const struct timespec *moment) {
    struct timespec found = *moment;
    if (found.tv_sec > 1000000000) found.tv_sec += behind();
    return found;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    /* Not by the library: somebody may ask before that is ready. */
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec -= behind();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec found;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &found) != 0) return -1;
    now->tv_sec = found.tv_sec;
    now->tv_usec = found.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec found;
    if (clock_gettime(CLOCK_REALTIME, &found) != 0) return -1;
    if (now) *now = found.tv_sec;
    return found.tv_sec;
}

static int shifted(int result, struct stat *file) {
    if (result == 0) {
        file->st_atim.tv_sec -= behind();
        file->st_mtim.tv_sec -= behind();
        file->st_ctim.tv_sec -= behind();
    }
    return result;
}

int stat(const char *restrict path, struct stat *restrict file) { return shifted(REAL(stat)(path, file), file); }
int lstat(const char *restrict path, struct stat *restrict file) { return shifted(REAL(lstat)(path, file), file); }
int fstat(int number, struct stat *file) { return shifted(REAL(fstat)(number, file), file); }
int fstatat(int folder, const char *restrict path, struct stat *restrict file, int flags) {
    return shifted(REAL(fstatat)(folder, path, file, flags), file);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict moment) {
    struct timespec end = truly(moment);
    /* Of its versions, dlsym would give the oldest. */
    static __typeof__(&pthread_cond_timedwait) wait;
    if (!wait) wait = (__typeof__(wait))dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!wait) wait = REAL(pthread_cond_timedwait);
    return wait(condition, mutex, &end);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict moment) {
    struct timespec end = truly(moment);
    return REAL(sem_timedwait)(semaphore, &end);
}

int timerfd_settime(int timer, int flags, const struct itimerspec *wanted, struct itimerspec *before) {
    struct itimerspec end = *wanted;
    if (flags & TFD_TIMER_ABSTIME) end.it_value = truly(&wanted->it_value);
    return REAL(timerfd_settime)(timer, flags, &end, before);
}
