/// Float32 kernels of the training step, in several CPU levels chosen at run time.
///
/// One source (`levels/kernels.h`) is compiled once a level; `ck_use` picks the table that all
/// calls go through. Letters: m, n, k as in C[m,n] = A[m,k]·B[k,n]; `ld` is a row stride in floats.
/// A kernel's plain reference stands in Swift, `Tensors/Reference.swift`.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
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
};

/// Columns in a panel of a packed B at the level in use; packed sizes depend on it.
int64_t ck_panel(void);
/// Floats that a packed B[k,n] takes.
int64_t ck_packed_count(int64_t k, int64_t n);
/// Packs panels first..<last of B[k,n], row-major with stride ld: out[panel][k][panel columns],
/// zero padded.
void ck_pack(int64_t k, int64_t n, const float *b, int64_t ld, int64_t first, int64_t last,
             float *out);
/// The same of the transpose of b[n,k].
void ck_pack_transposed(int64_t k, int64_t n, const float *b, int64_t ld, int64_t first,
                        int64_t last, float *out);

/// C[m,n] = A[m,k]·B, A row-major with stride lda, B packed.
void ck_product(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *packed,
                float *c, int64_t ldc, const float *bias, int flags);
/// C[m,n] = Aᵀ·B for A[k,m] row-major with stride lda, B packed: the weight gradient.
void ck_product_transposed(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                           const float *packed, float *c, int64_t ldc, int flags);

/// dy[r,j] = y[r,j] > 0 ? dy[r,j] : 0; y may be NULL (no mask). sums[j] (+)= Σ_r dy[r,j]; sums may
/// be NULL.
void ck_mask_and_sum(int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y, int64_t ldy,
                     float *sums, int accumulate);

/// Row softmax of x[rows,n] into y.
void ck_softmax(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy);
/// dx (+)= y ∘ (dy − ⟨y, dy⟩).
void ck_softmax_backward(int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                         int64_t lddy, float *dx, int64_t lddx, int accumulate);

/// out[r,h] = Σ_e g[r,e]·f[r, e·width + h].
void ck_mixture(int64_t rows, int64_t experts, int64_t width, const float *g, int64_t ldg,
                const float *f, int64_t ldf, float *out, int64_t ldo);
/// dg[r,e] (+)= ⟨dout[r], f[r,e]⟩; df[r,e] (+)= g[r,e]·dout[r]. Either may be NULL.
void ck_mixture_backward(int64_t rows, int64_t experts, int64_t width, const float *g, int64_t ldg,
                         const float *f, int64_t ldf, const float *dout, int64_t lddo,
                         float *dg, int64_t lddg, int accumulate_g,
                         float *df, int64_t lddf, int accumulate_f);

/// y = max(x, 0).
void ck_relu(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy);
/// dx (+)= y > 0 ? dy : 0.
void ck_relu_backward(int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                      int64_t lddy, float *dx, int64_t lddx, int accumulate);
/// y = 1 / (1 + e^-x).
void ck_sigmoid(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy);
/// dx (+)= dy·y·(1 − y).
void ck_sigmoid_backward(int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                         int64_t lddy, float *dx, int64_t lddx, int accumulate);

/// What a batch of one-number answers adds up to.
typedef struct {
  double loss;         ///< Σ δ·ℓ
  double predictions;  ///< Σ δ·p
  double labels;       ///< Σ δ·y
  double rows;         ///< Σ δ
} ck_loss_sums;

/// Cross-entropy from the logit, softplus(z) − y·z, over rows chosen by `index` (NULL: 0, 1, …);
/// labels and spaces are read at [index·stride]; dz[r] = scale·δ·(σ(z) − y). spaces may be NULL.
void ck_cross_entropy(int64_t rows, const float *z, int64_t ldz, const float *labels,
                      const float *spaces, int64_t stride, const int32_t *index, float scale,
                      float *dz, int64_t lddz, ck_loss_sums *sums);
/// Squared error (z − y)²; dz[r] = 2·scale·δ·(z − y).
void ck_squared_error(int64_t rows, const float *z, int64_t ldz, const float *labels,
                      const float *spaces, int64_t stride, const int32_t *index, float scale,
                      float *dz, int64_t lddz, ck_loss_sums *sums);

/// Cross-entropy of the product σ(a)σ(b) against y∧z from the logits: y and z are the labels of the
/// tasks `first` and `second`, read at [index·tasks + task] of labels and spaces.
/// A row counts if y∧z is known: y inside its space, and z inside its own unless y is 0.
/// dz[r, 0] = scale·∂ℓ/∂a, dz[r, 1] = scale·∂ℓ/∂b; spaces may be NULL.
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

/// The rows of a batch grouped by id, in rising order of id and, within an id, of row.
typedef struct {
  int64_t count;     ///< distinct ids
  int32_t *ids;      ///< [count]
  int32_t *starts;   ///< [count + 1] into rows
  int32_t *rows;     ///< [batch]
} ck_groups;

/// Groups `rows` ids read at [index[r]·stride]. scratch: 2·rows + 65,536 + 2 int32.
void ck_group(int64_t rows, const int32_t *ids, int64_t stride, const int32_t *index,
              int64_t vocabulary, ck_groups *groups, int32_t *scratch);
/// out[u, :] = Σ over the group's rows of dx[row, :], in row order.
void ck_sum_groups(const ck_groups *groups, int64_t width, const float *dx, int64_t lddx,
                   float *out, int64_t ldo);

/// The numbers of one Adam step: w −= rate·m / (√v·root + epsilon), rate and root bias-corrected.
typedef struct {
  float rate;      ///< η / (1 − β₁ᵗ)
  float root;      ///< 1 / √(1 − β₂ᵗ)
  float beta1, beta2, epsilon;
  float scale;     ///< on the gradient: clipping
} ck_adam;

/// One Adam step on n numbers whose gradient is the sum of `lanes` rows at distance `stride`.
void ck_adam_step(int64_t n, float *w, float *m, float *v, const float *g, int64_t stride,
                  int64_t lanes, const ck_adam *a);
/// w −= rate·scale·Σ g.
void ck_sgd_step(int64_t n, float *w, const float *g, int64_t stride, int64_t lanes, float rate);
/// Lazy Adam on the rows of a group: moments of other rows are left alone.
void ck_adam_rows(const ck_groups *groups, int64_t width, float *w, float *m, float *v,
                  const float *dx, int64_t lddx, const ck_adam *a);
/// SGD on the rows of a group.
void ck_sgd_rows(const ck_groups *groups, int64_t width, float *w, const float *dx, int64_t lddx,
                 float rate);
/// g[i] = Σ over lanes of g[lane·stride + i].
void ck_sum_lanes(int64_t n, float *g, int64_t stride, int64_t lanes);
/// Σ x² in double precision, in eight running sums added in a fixed order.
double ck_sum_of_squares(int64_t n, const float *x);

/// Multiply-adds per second that this thread reaches in registers: the peak that floors are
/// measured by.
double ck_multiply_add_peak(double seconds);

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
