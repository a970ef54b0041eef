/// What is said when memory runs out in a place that cannot say so itself.
///
/// The Swift runtime ends a process by a trap or by abort where an array or an object cannot be had,
/// and what follows looks like a fault of the program: a report of many lines and a signal. Right
/// behind a refused allocation errno is ENOMEM; then one message says what it was.
#include "CKernelsPool.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// A null pointer that nobody looked at ends in SIGSEGV or SIGBUS.
static const int traps[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS};
enum { TRAPS = sizeof traps / sizeof traps[0], EXHAUSTED_STATUS = 2 };
static struct sigaction before[TRAPS];

static const char message[] =
    "mtl-tui: not enough memory.\n"
    "  found: the system refused more\n"
    "  fix:   take fewer rows, a smaller model, batch or --embedding, fewer --threads, or raise the "
    "limit (ulimit -v)\n";

static void on_trap(int number, siginfo_t *information, void *context) {
  (void)context;
  if (errno == ENOMEM) {
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(EXHAUSTED_STATUS);
  }
  // Anything else is what it was: the instruction traps again, now for whoever listened before.
  for (int i = 0; i < TRAPS; i++)
    if (traps[i] == number) sigaction(number, &before[i], NULL);
  if (information->si_code <= 0 || number == SIGABRT) raise(number);
}

/// Under a limit on addresses all threads share one heap. Otherwise a thread reserves 64 MiB of
/// addresses for a heap of its own; where the limit refuses them it asks again at every single
/// allocation, and a program that has memory enough stands still.
static void share_heap_if_limited(void) {
#ifdef __GLIBC__
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    mallopt(M_ARENA_MAX, 1);
#endif
}

void ck_report_exhaustion(void) {
  share_heap_if_limited();
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  action.sa_sigaction = on_trap;
  for (int i = 0; i < TRAPS; i++) sigaction(traps[i], &action, &before[i]);
}
