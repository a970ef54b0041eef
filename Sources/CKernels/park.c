/// Sleeping and waking of worker threads on one word of memory.
#define _GNU_SOURCE
#include "CKernels.h"
#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void ck_wait(uint32_t *word, uint32_t expected, int64_t nanoseconds) {
  struct timespec t = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, nanoseconds ? &t : 0, 0, 0);
}
void ck_wake(uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1 << 30, 0, 0, 0); }
#else
#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void ck_wait(uint32_t *word, uint32_t expected, int64_t nanoseconds) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  const int64_t wait = nanoseconds ? nanoseconds : 1000000000;
  t.tv_sec += wait / 1000000000;
  t.tv_nsec += wait % 1000000000;
  if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
  pthread_mutex_lock(&lock);
  if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == expected)
    pthread_cond_timedwait(&changed, &lock, &t);
  pthread_mutex_unlock(&lock);
}
void ck_wake(uint32_t *word) {
  (void)word;
  pthread_mutex_lock(&lock);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}
#endif
