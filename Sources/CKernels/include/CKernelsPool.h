/// A pool of threads that share the chunks of one loop.
#ifndef CKERNELS_POOL_H
#define CKERNELS_POOL_H
#include <pthread.h>
#include <stdint.h>

typedef struct ck_pool ck_pool;
/// One chunk of a loop; `thread` is 0 for the caller, 1… for the workers.
typedef void (*ck_body)(void *context, int64_t chunk, int64_t thread);

/// A pool of `threads` threads, the caller among them, or of fewer where the system starts no more;
/// NULL if there is no memory for it. A thread without work looks for some for `spin` nanoseconds, then
/// it sleeps.
ck_pool *ck_pool_new(int threads, int64_t spin);
/// How many threads it has, the caller among them.
int ck_pool_threads(const ck_pool *pool);
/// From the next loop on, chunks are taken by threads 0..<threads alone; the others sleep. No loop may
/// be running.
void ck_pool_use(ck_pool *pool, int threads);
/// Gives the calling thread a name, of which the system may keep 15 letters.
void ck_name_thread(const char *name);
/// From now on a trap right behind a refused allocation ends the process with one message and status
/// 2; any other goes to whoever listened before. Where addresses are limited (ulimit -v), threads
/// share one heap.
void ck_report_exhaustion(void);
/// Writes the numbers of the cores that the calling thread may run on, in order, at most `most`, and
/// returns how many there are; 0 where the system does not say.
int ck_allowed_cores(int *cores, int most);
/// Keeps a thread on one core; 0, or the system's error number.
int ck_pin_thread(pthread_t thread, int core);
/// Lets the calling thread run wherever the process might before any thread was pinned.
void ck_run_anywhere(void);
/// How many cores are switched on, at least 1.
int ck_online_cores(void);
/// Keeps thread i of a pool, the caller as thread 0, on core `cores[i]`; 0, or the system's error number.
/// The caller is free again when it frees the pool.
int ck_pool_pin(ck_pool *pool, const int *cores);
/// Ends the workers; no loop may be running.
void ck_pool_free(ck_pool *pool);
/// Runs body for chunks 0..<count, whoever is free takes the next; returns when all are done.
void ck_pool_run(ck_pool *pool, ck_body body, void *context, int64_t count);
/// Runs body(context, i, i) once on every thread i, also on those that rest, and returns when all are
/// through.
void ck_pool_each(ck_pool *pool, ck_body body, void *context);
#endif
