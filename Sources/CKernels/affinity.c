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
#else
int ck_allowed_cores(int *cores, int most) {
  (void)cores;
  (void)most;
  return 0;
}
#endif
