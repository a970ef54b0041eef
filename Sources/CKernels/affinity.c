/// Which cores threads may run on.
#define _GNU_SOURCE
#include "CKernels.h"
#include "CKernelsPool.h"
#include <unistd.h>

int ck_online_cores(void) {
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  return cores > 1 ? (int)cores : 1;
}

#if defined(__linux__)
#include <errno.h>
#include <sched.h>

/// More cores than any system has; where there were more, the kernel would refuse and all count.
enum { MOST_CORES = 1 << 16 };

int ck_allowed_cores(int *cores, int most) {
  // The kernel refuses a set that is too small for the machine.
  for (int size = 1024; size <= MOST_CORES; size *= 2) {
    cpu_set_t *const set = CPU_ALLOC(size);
    if (!set) return 0;
    const size_t bytes = CPU_ALLOC_SIZE(size);
    CPU_ZERO_S(bytes, set);
    const int refused = sched_getaffinity(0, bytes, set) ? errno : 0;
    int count = 0;
    for (int core = 0; !refused && core < size; core++) {
      if (!CPU_ISSET_S(core, bytes, set)) continue;
      if (count < most) cores[count] = core;
      count++;
    }
    CPU_FREE(set);
    if (refused != EINVAL) return count;
  }
  return 0;
}
/// Where the process might run before the first thread was pinned; it stays for the process's life.
static cpu_set_t *whole;
static size_t whole_bytes;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void remember_whole(void) {
  for (int size = 1024; size <= MOST_CORES; size *= 2) {
    cpu_set_t *const set = CPU_ALLOC(size);
    if (!set) return;
    const size_t bytes = CPU_ALLOC_SIZE(size);
    if (!sched_getaffinity(0, bytes, set)) {
      whole_bytes = bytes;
      __atomic_store_n(&whole, set, __ATOMIC_RELEASE);
      return;
    }
    CPU_FREE(set);
  }
}

int ck_pin_thread(pthread_t thread, int core) {
  pthread_once(&once, remember_whole);
  cpu_set_t *const set = CPU_ALLOC(core + 1);
  if (!set) return ENOMEM;
  const size_t bytes = CPU_ALLOC_SIZE(core + 1);
  CPU_ZERO_S(bytes, set);
  CPU_SET_S(core, bytes, set);
  const int refused = pthread_setaffinity_np(thread, bytes, set);
  CPU_FREE(set);
  return refused;
}

void ck_run_anywhere(void) {
  cpu_set_t *const set = __atomic_load_n(&whole, __ATOMIC_ACQUIRE);
  // A core that has been taken away meanwhile leaves the thread where it is.
  if (set) sched_setaffinity(0, whole_bytes, set);
}
#else
#include <errno.h>

int ck_pin_thread(pthread_t thread, int core) {
  (void)thread;
  (void)core;
  return ENOTSUP;
}
void ck_run_anywhere(void) {}
int ck_allowed_cores(int *cores, int most) {
  (void)cores;
  (void)most;
  return 0;
}
#endif
