/// Chooses the CPU level and sends every call through its table.
#include "CKernels.h"
#include "CKernelsTable.h"
#include <time.h>

extern const ck_table ck_table_baseline;
#if defined(__x86_64__)
extern const ck_table ck_table_avx2, ck_table_avx512;
#endif

static const ck_table *const tables[CK_LEVELS] = {
    &ck_table_baseline,
#if defined(__x86_64__)
    &ck_table_avx2,
    &ck_table_avx512,
#endif
};

static const ck_table *ck = &ck_table_baseline;
static int level_in_use = CK_BASELINE;

int ck_has(int level) {
  switch (level) {
    case CK_BASELINE: return 1;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#endif
    default: return 0;
  }
}

const ck_table *ck_table_of(int level) {
  return level >= 0 && level < CK_LEVELS && ck_has(level) ? tables[level] : 0;
}

int ck_use(int level) {
  const ck_table *const table = ck_table_of(level);
  if (!table) return 0;
  ck = table;
  level_in_use = level;
  return 1;
}

__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  for (int level = CK_LEVELS - 1; level >= 0; level--)
    if (ck_use(level)) return;
}

int ck_level(void) { return level_in_use; }

const char *ck_level_name(int level) {
  static const char *const names[CK_LEVELS] = {"baseline", "avx2", "avx512"};
  return level >= 0 && level < CK_LEVELS ? names[level] : "unknown";
}

int64_t ck_panel(void) { return ck->panel; }
int64_t ck_packed_count(int64_t k, int64_t n) {
  return (n + ck->panel - 1) / ck->panel * ck->panel * k;
}
void ck_pack(int64_t k, int64_t n, const float *b, int64_t ld, int64_t first, int64_t last,
             float *out) {
  ck->pack(k, n, b, ld, first, last, out);
}
void ck_pack_transposed(int64_t k, int64_t n, const float *b, int64_t ld, int64_t first,
                        int64_t last, float *out) {
  ck->pack_transposed(k, n, b, ld, first, last, out);
}
void ck_product(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *packed,
                float *c, int64_t ldc, const float *bias, int flags) {
  ck->product(m, n, k, a, lda, packed, c, ldc, bias, flags);
}
void ck_product_transposed(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                           const float *packed, float *c, int64_t ldc, int flags) {
  ck->product_transposed(m, n, k, a, lda, packed, c, ldc, flags);
}
void ck_mask_and_sum(int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y, int64_t ldy,
                     float *sums, int accumulate) {
  ck->mask_and_sum(rows, n, dy, lddy, y, ldy, sums, accumulate);
}
void ck_softmax(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy) {
  ck->softmax(rows, n, x, ldx, y, ldy);
}
void ck_softmax_backward(int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                         int64_t lddy, float *dx, int64_t lddx, int accumulate) {
  ck->softmax_backward(rows, n, y, ldy, dy, lddy, dx, lddx, accumulate);
}
void ck_mixture(int64_t rows, int64_t experts, int64_t width, const float *g, int64_t ldg,
                const float *f, int64_t ldf, float *out, int64_t ldo) {
  ck->mixture(rows, experts, width, g, ldg, f, ldf, out, ldo);
}
void ck_mixture_backward(int64_t rows, int64_t experts, int64_t width, const float *g, int64_t ldg,
                         const float *f, int64_t ldf, const float *dout, int64_t lddo,
                         float *dg, int64_t lddg, int accumulate_g,
                         float *df, int64_t lddf, int accumulate_f) {
  ck->mixture_backward(rows, experts, width, g, ldg, f, ldf, dout, lddo, dg, lddg, accumulate_g, df,
                       lddf, accumulate_f);
}
void ck_relu(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy) {
  ck->relu(rows, n, x, ldx, y, ldy);
}
void ck_relu_backward(int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                      int64_t lddy, float *dx, int64_t lddx, int accumulate) {
  ck->relu_backward(rows, n, y, ldy, dy, lddy, dx, lddx, accumulate);
}
void ck_sigmoid(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy) {
  ck->sigmoid(rows, n, x, ldx, y, ldy);
}
void ck_sigmoid_backward(int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                         int64_t lddy, float *dx, int64_t lddx, int accumulate) {
  ck->sigmoid_backward(rows, n, y, ldy, dy, lddy, dx, lddx, accumulate);
}
void ck_sum_groups(const ck_groups *groups, int64_t width, const float *dx, int64_t lddx,
                   float *out, int64_t ldo) {
  ck->sum_groups(groups, width, dx, lddx, out, ldo);
}
void ck_adam_step(int64_t n, float *w, float *m, float *v, const float *g, int64_t stride,
                  int64_t lanes, const ck_adam *a) {
  ck->adam_step(n, w, m, v, g, stride, lanes, a);
}
void ck_sgd_step(int64_t n, float *w, const float *g, int64_t stride, int64_t lanes, float rate) {
  ck->sgd_step(n, w, g, stride, lanes, rate);
}
void ck_adam_rows(const ck_groups *groups, int64_t width, float *w, float *m, float *v,
                  const float *dx, int64_t lddx, const ck_adam *a) {
  ck->adam_rows(groups, width, w, m, v, dx, lddx, a);
}
void ck_sgd_rows(const ck_groups *groups, int64_t width, float *w, const float *dx, int64_t lddx,
                 float rate) {
  ck->sgd_rows(groups, width, w, dx, lddx, rate);
}
void ck_sum_lanes(int64_t n, float *g, int64_t stride, int64_t lanes) {
  ck->sum_lane_rows(n, g, stride, lanes);
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

double ck_multiply_add_peak(double seconds) {
  const double start = seconds_now();
  double best = 0;
  do {
    const double before = seconds_now();
    const double done = ck->multiply_add_peak(200000);
    const double rate = done / (seconds_now() - before);
    if (rate > best) best = rate;
  } while (seconds_now() - start < seconds);
  return best;
}
