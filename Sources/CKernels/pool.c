/// Fork and join for loops of microseconds.
///
/// A loop is announced by one 64-bit word, (loop number, next chunk). A thread takes a chunk by
/// raising the word with compare-and-swap: if that succeeds, the loop it read is still the current
/// one, because a loop ends only when all its chunks are done. So a worker that wakes late finds
/// nothing to take and nobody waits for it. Workers spin for a while and then sleep: waking a hot worker
/// costs 0.3 µs, a sleeping one about 20 µs and more on a virtual machine; but where there are more
/// threads than cores, who spins keeps the others from working.
#define _GNU_SOURCE
#include "CKernels.h"
#include "CKernelsPool.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORKER_STACK_BYTES = 2 << 20 };

struct ck_pool {
  _Atomic uint64_t ticket;  // loop number << 32 | next chunk
  char pad0[56];
  _Atomic uint32_t done;    // chunks finished in this loop
  _Atomic uint32_t sleepers, stopping, caller_sleeps;
  _Atomic uint32_t bell;    // rises with every loop: what sleeping workers watch
  char pad1[44];
  // A late worker may read these while the next loop is announced. Whoever reads a new one has also
  // seen the old loop closed, and takes no chunk of it.
  _Atomic(ck_body) body;
  _Atomic(void *) context;
  _Atomic int64_t count;
  // Threads that take chunks; the others sleep on this word.
  _Atomic uint32_t working;
  int64_t spin;  // nanoseconds for which a thread looks for work before it sleeps
  int workers, is_pinned;
  pthread_t pinned_caller;
  pthread_t threads[];
};

typedef struct {
  ck_pool *pool;
  int64_t thread;
} worker_start;

int64_t ck_nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Takes and runs chunks of loop `number` until there are none.
static void work(ck_pool *pool, uint32_t number, int64_t thread) {
  for (;;) {
    uint64_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    if ((uint32_t)(ticket >> 32) != number) return;
    // Written before the loop was announced, so that a late thread sees what holds for this loop.
    if (thread >= atomic_load_explicit(&pool->working, memory_order_acquire)) return;
    const ck_body body = atomic_load_explicit(&pool->body, memory_order_acquire);
    void *const context = atomic_load_explicit(&pool->context, memory_order_acquire);
    const int64_t count = atomic_load_explicit(&pool->count, memory_order_acquire);
    if ((int64_t)(uint32_t)ticket >= count) return;
    if (!atomic_compare_exchange_weak_explicit(&pool->ticket, &ticket, ticket + 1,
                                               memory_order_acq_rel, memory_order_acquire))
      continue;
    body(context, (uint32_t)ticket, thread);
    const uint32_t done = atomic_fetch_add_explicit(&pool->done, 1, memory_order_acq_rel) + 1;
    if (done == count && atomic_load(&pool->caller_sleeps)) ck_wake((uint32_t *)&pool->done);
  }
}

/// Sleeps as long as the pool works with fewer threads than this one's number.
static void sleep_while_idle(ck_pool *pool, int64_t thread) {
  for (;;) {
    const uint32_t working = atomic_load(&pool->working);
    if (thread < working || atomic_load(&pool->stopping)) return;
    ck_wait((uint32_t *)&pool->working, working, 0);
  }
}

static void *worker(void *argument) {
  worker_start start = *(worker_start *)argument;
  free(argument);
  // Who started it may be pinned.
  ck_run_anywhere();
  ck_pool *pool = start.pool;
  uint32_t seen = 0;
  for (;;) {
    sleep_while_idle(pool, start.thread);
    const int64_t until = ck_nanoseconds() + pool->spin;
    for (int turn = 0;; turn++) {
      if (atomic_load_explicit(&pool->bell, memory_order_acquire) != seen) break;
      ck_relax();
      if ((turn & 63) == 63 && ck_nanoseconds() > until) {
        atomic_fetch_add(&pool->sleepers, 1);
        ck_wait((uint32_t *)&pool->bell, seen, 0);
        atomic_fetch_sub(&pool->sleepers, 1);
      }
    }
    seen = atomic_load_explicit(&pool->bell, memory_order_acquire);
    if (atomic_load(&pool->stopping)) return 0;
    work(pool, (uint32_t)(atomic_load(&pool->ticket) >> 32), start.thread);
  }
}

/// Starts the next worker; 0 if the system refuses.
static int start_worker(ck_pool *pool, const pthread_attr_t *attributes) {
  worker_start *start = malloc(sizeof *start);
  if (!start) return 0;
  *start = (worker_start){pool, pool->workers + 1};
  if (pthread_create(&pool->threads[pool->workers], attributes, worker, start)) {
    free(start);
    return 0;
  }
  pool->workers++;
  return 1;
}

ck_pool *ck_pool_new(int threads, int64_t spin) {
  const int workers = threads > 1 ? threads - 1 : 0;
  ck_pool *pool = aligned_alloc(64, (sizeof(ck_pool) + workers * sizeof(pthread_t) + 63) & ~63ul);
  if (!pool) return 0;
  *pool = (ck_pool){.spin = spin};
  // All, until it is known how many start.
  atomic_store(&pool->working, (uint32_t)threads);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes)) return pool;
  pthread_attr_setstacksize(&attributes, WORKER_STACK_BYTES);
  while (pool->workers < workers && start_worker(pool, &attributes)) {
  }
  pthread_attr_destroy(&attributes);
  ck_pool_use(pool, pool->workers + 1);
  return pool;
}

int ck_pool_threads(const ck_pool *pool) { return pool->workers + 1; }

void ck_pool_use(ck_pool *pool, int threads) {
  const int most = pool->workers + 1;
  atomic_store(&pool->working, (uint32_t)(threads < 1 ? 1 : threads > most ? most : threads));
  ck_wake((uint32_t *)&pool->working);
}

typedef struct {
  ck_body body;
  void *context;
  _Atomic int64_t arrived;
  int64_t count;
} each_thread;

static void run_each(void *context, int64_t chunk, int64_t thread) {
  (void)chunk;
  each_thread *const each = context;
  each->body(each->context, thread, thread);
  // Who is through waits for the others, so that nobody takes two chunks. They may have no core yet.
  atomic_fetch_add(&each->arrived, 1);
  while (atomic_load(&each->arrived) < each->count) sched_yield();
}

void ck_pool_each(ck_pool *pool, ck_body body, void *context) {
  const int working = (int)atomic_load(&pool->working);
  each_thread each = {.body = body, .context = context, .count = pool->workers + 1};
  ck_pool_use(pool, pool->workers + 1);
  ck_pool_run(pool, run_each, &each, each.count);
  ck_pool_use(pool, working);
}

typedef struct {
  const int *cores;
  _Atomic int refused;
} pinning;

static void pin(void *context, int64_t chunk, int64_t thread) {
  (void)chunk;
  pinning *const cores = context;
  const int refused = ck_pin_thread(pthread_self(), cores->cores[thread]);
  if (refused) atomic_store(&cores->refused, refused);
}

int ck_pool_pin(ck_pool *pool, const int *cores) {
  // Each pins itself: one that has only just been started would free itself again.
  pinning context = {.cores = cores};
  pool->pinned_caller = pthread_self();
  pool->is_pinned = 1;
  ck_pool_each(pool, pin, &context);
  return atomic_load(&context.refused);
}

void ck_name_thread(const char *name) {
#ifdef __APPLE__
  pthread_setname_np(name);
#else
  char kept[16] = {0};
  strncpy(kept, name, sizeof kept - 1);
  pthread_setname_np(pthread_self(), kept);
#endif
}

void ck_pool_free(ck_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stopping, 1);
  atomic_fetch_add(&pool->bell, 1);
  ck_wake((uint32_t *)&pool->bell);
  // A thread that sleeps since it is not wanted must wake as well.
  ck_pool_use(pool, pool->workers + 1);
  for (int i = 0; i < pool->workers; i++) pthread_join(pool->threads[i], 0);
  if (pool->is_pinned && pthread_equal(pool->pinned_caller, pthread_self())) ck_run_anywhere();
  free(pool);
}

void ck_pool_run(ck_pool *pool, ck_body body, void *context, int64_t count) {
  if (count <= 0) return;
  if (count == 1 || atomic_load_explicit(&pool->working, memory_order_relaxed) == 1) {
    for (int64_t chunk = 0; chunk < count; chunk++) body(context, chunk, 0);
    return;
  }
  const uint32_t number = (uint32_t)(atomic_load(&pool->ticket) >> 32) + 1;
  // Close the old loop before its fields change: a late worker then finds no chunk of its loop.
  atomic_store(&pool->ticket, (uint64_t)number << 32 | UINT32_MAX);
  atomic_store_explicit(&pool->body, body, memory_order_release);
  atomic_store_explicit(&pool->context, context, memory_order_release);
  atomic_store_explicit(&pool->count, count, memory_order_release);
  atomic_store(&pool->done, 0);
  atomic_store_explicit(&pool->ticket, (uint64_t)number << 32, memory_order_release);
  atomic_fetch_add(&pool->bell, 1);
  if (atomic_load(&pool->sleepers)) ck_wake((uint32_t *)&pool->bell);
  work(pool, number, 0);
  const int64_t until = ck_nanoseconds() + pool->spin;
  for (int turn = 0;; turn++) {
    const uint32_t done = atomic_load_explicit(&pool->done, memory_order_acquire);
    if (done == count) return;
    ck_relax();
    if ((turn & 63) == 63 && ck_nanoseconds() > until) {
      atomic_store(&pool->caller_sleeps, 1);
      if (atomic_load(&pool->done) == done) ck_wait((uint32_t *)&pool->done, done, 1000000);
      atomic_store(&pool->caller_sleeps, 0);
    }
  }
}
