/// Float32 kernels of the training step, and the search for the marks of a table, in several CPU
/// levels chosen at run time.
///
/// The sources in `kernels/` are compiled once a level; `ck_use` picks the table that all calls go
/// through (README.md). Letters: m, n, k as in C[m,n] = A[m,k]·B[k,n]; `ld` is a row stride in floats.
/// A kernel's plain reference stands in Swift, `Tensors/Reference.swift`.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

/// CPU levels, from plain to wide.
enum { CK_BASELINE = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_LEVELS = 3 };

/// Whether this machine has a level (and this build was compiled with it).
int ck_has(int level);
/// Uses a level from now on; returns 0 and changes nothing if the machine lacks it.
int ck_use(int level);
/// The level in use.
int ck_level(void);
/// `baseline`, `avx2`, `avx512`.
const char *ck_level_name(int level);

/// What happens to a product on its way to memory, in this order.
enum {
  CK_ACCUMULATE = 1,  ///< add what C holds
  CK_BIAS = 2,        ///< add bias[j]
  CK_RELU = 4,        ///< max(·, 0)
  CK_MASK = 8,        ///< before all: multiply by the mask's element, laid out as C
  CK_DEEP = 16,       ///< add up eight times as much of k before C is written
};

/// Columns in a panel of a packed B at the level in use; packed sizes depend on it.
int64_t ck_panel(void);
/// Floats that a packed B[k,n] takes.
int64_t ck_packed_count(int64_t k, int64_t n);
/// Columns that n packed columns take: whole vectors.
int64_t ck_packed_width(int64_t n);
/// Columns in a strip of a matrix that is read by columns.
int64_t ck_strip(void);
/// Floats that A[k,m] takes in strips.
int64_t ck_strips_count(int64_t k, int64_t m);

/// What a batch of one-number answers adds up to.
typedef struct {
  double loss;         ///< Σ δ·ℓ
  double predictions;  ///< Σ δ·p
  double labels;       ///< Σ δ·y
  double rows;         ///< Σ δ
} ck_loss_sums;

/// The rows of a batch grouped by id, in rising order of id and, within an id, of row.
typedef struct {
  int64_t count;     ///< distinct ids
  int32_t *ids;      ///< [count]
  int32_t *starts;   ///< [count + 1] into rows
  int32_t *rows;     ///< [batch]
} ck_groups;

/// The numbers of one Adam step: w −= rate·m / (√v·root + epsilon), rate and root bias-corrected.
typedef struct {
  float rate;      ///< η / (1 − β₁ᵗ)
  float root;      ///< 1 / √(1 − β₂ᵗ)
  float beta1, beta2, epsilon;
  float scale;     ///< on the gradient: clipping
} ck_adam;

/// The numbers of one Adagrad step: w −= rate·g / (√Σg² + epsilon).
typedef struct {
  float rate;
  float epsilon;  ///< above 0: a number that has had no gradient yet is divided by it
  float scale;    ///< on the gradient: clipping
} ck_adagrad;

/// The numbers of one step of Adagrad that stays above 0: h = g + penalty·w where g ≠ 0, and
/// w −= rate·h / √Σ(epsilon + h²).
typedef struct {
  float rate;
  float epsilon;
  float penalty;
  float resting;  ///< what the sum of a number without gradient gets in a step: 0, or epsilon
  float scale;    ///< on the gradient: clipping
  int32_t step;   ///< which step this is, from 1
} ck_projected_adagrad;

/// The numbers of one step with momentum: m ← beta·m + g, w −= rate·m.
typedef struct {
  float rate;
  float beta;
  float scale;    ///< on the gradient: clipping
  bool nesterov;  ///< w −= rate·(g + beta·m)
} ck_momentum;

/// The numbers of one RMSprop step: w −= rate·g / (√v + epsilon).
typedef struct {
  float rate;
  float alpha;     ///< what stays of v
  float epsilon;
  float momentum;  ///< what stays of the momentum, where there is one
  float scale;     ///< on the gradient: clipping
} ck_rmsprop;

/// The numbers of one LAMB step: w −= rate·r, r = first·m / (√v·root + epsilon) + decay·w.
typedef struct {
  float rate;   ///< η·‖w‖ / ‖r‖, for the second pass
  float first;  ///< 1 / (1 − β₁ᵗ)
  float root;   ///< 1 / √(1 − β₂ᵗ)
  float beta1, beta2, epsilon;
  float decay;  ///< λ
  float scale;  ///< on the gradient: clipping
} ck_lamb;

/// How far the search for marks in a text has come.
typedef struct {
  int64_t count;  ///< places that the last call found
  int64_t next;   ///< the first byte that was not looked at
} ck_marks;

/// What numbers of a column became.
typedef struct {
  bool is_exact;  ///< whether all of them come back as they were
  int32_t least, greatest;
} ck_narrowed;

// The kernels of every level: ck_product, ck_softmax, …, one file each.
#define KERNEL(name, parameters, arguments) void ck_##name parameters;
#include "../kernels/all.h"

/// Squared error (z − y)²; dz[r] = 2·scale·δ·(z − y); δ as in ck_cross_entropy.
void ck_squared_error(int64_t rows, const float *z, int64_t ldz, const float *labels,
                      const float *spaces, int64_t stride, const int32_t *index, float scale,
                      float *dz, int64_t lddz, ck_loss_sums *sums);

/// Cross-entropy of the product σ(a)σ(b) against y∧z from the logits: y and z are the labels of the
/// tasks `first` and `second`, read at [index·tasks + task] of labels and spaces.
/// A row counts if y∧z is known: y inside its space, and z inside its own unless y is 0.
/// dz[r, 0] = scale·δ·∂ℓ/∂a, dz[r, 1] = scale·δ·∂ℓ/∂b with y's δ; spaces may be NULL.
void ck_product_loss(int64_t rows, const float *a, int64_t lda, const float *b, int64_t ldb,
                     const float *labels, const float *spaces, int64_t tasks, int64_t first,
                     int64_t second, const int32_t *index, float scale, float *dz, int64_t lddz,
                     ck_loss_sums *sums);

/// x[r, at...] = table[ids[index[r]·stride], :] for rows of `width` floats.
void ck_gather(int64_t rows, int64_t width, const float *table, const int32_t *ids, int64_t stride,
               const int32_t *index, float *x, int64_t ldx);
/// x[r, 0..<n] = dense[index[r]·n + j].
void ck_gather_dense(int64_t rows, int64_t n, const float *dense, const int32_t *index, float *x,
                     int64_t ldx);

/// x[r, at...] = Σ table[id, :] over the ids of the row's list, or their mean: list l is
/// ids[starts[l] ... starts[l + 1]), and row r has the list of number lists[index[r]·stride].
void ck_gather_lists(int64_t rows, int64_t width, const float *table, const int32_t *lists,
                     int64_t stride, const int32_t *index, const int32_t *starts,
                     const int32_t *ids, bool mean, float *x, int64_t ldx);
/// The same of a table whose rows lie elsewhere: that of id i is row slots[i] − 1.
void ck_gather_slots(int64_t rows, int64_t width, const float *table, const int32_t *slots,
                     const int32_t *ids, int64_t stride, const int32_t *index, float *x,
                     int64_t ldx);
void ck_gather_slot_lists(int64_t rows, int64_t width, const float *table, const int32_t *slots,
                          const int32_t *lists, int64_t stride, const int32_t *index,
                          const int32_t *starts, const int32_t *ids, bool mean, float *x,
                          int64_t ldx);
/// Divides each of `rows` rows of x by the length of its list.
void ck_scale_lists(int64_t rows, int64_t width, const int32_t *lists, int64_t stride,
                    const int32_t *index, const int32_t *starts, float *x, int64_t ldx);
/// Appends the ids of rows to entry_ids, or those of the rows' lists unless starts is NULL, and as
/// often first + r·step to entry_rows; returns how many entries there are then, of `entries` before.
int64_t ck_add_entries(int64_t rows, const int32_t *ids, int64_t stride, const int32_t *index,
                       const int32_t *starts, const int32_t *list_ids, int64_t first,
                       int64_t step, int64_t entries, int32_t *entry_ids, int32_t *entry_rows);
/// Groups entries by id, those of one id in their order; a group's rows are its entry_rows, so that
/// a row stands in a group as often as it has the id. scratch as for ck_group, of as many rows.
void ck_group_entries(int64_t entries, const int32_t *entry_ids, const int32_t *entry_rows,
                      int64_t vocabulary, ck_groups *groups, int32_t *scratch);

/// Groups `rows` ids read at [index[r]·stride]. scratch: rows + 2,050 int32, and
/// vocabulary + 1 of a vocabulary below 65,536.
void ck_group(int64_t rows, const int32_t *ids, int64_t stride, const int32_t *index,
              int64_t vocabulary, ck_groups *groups, int32_t *scratch);

/// Σ x² in double precision, in eight running sums added in a fixed order.
double ck_sum_of_squares(int64_t n, const float *x);

/// Multiply-adds per second that this thread reaches in registers: the peak that floors are
/// measured by.
double ck_multiply_add_peak(double seconds);

/// Nanoseconds since some moment, from the steady clock.
int64_t ck_nanoseconds(void);

/// Sleeps while *word == expected, at most this long (0: without bound).
void ck_wait(uint32_t *word, uint32_t expected, int64_t nanoseconds);
/// Wakes all sleepers on a word.
void ck_wake(uint32_t *word);
/// Tells the core that this is a waiting loop.
static inline void ck_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
