/// The gradient of a rectified product: mask, then the sum for its bias.

/// dy[r,j] = y[r,j] > 0 ? dy[r,j] : 0; y may be NULL (no mask). sums[j] (+)= Σ_r dy[r,j]; sums may
/// be NULL.
KERNEL(mask_and_sum, (int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y,
                      int64_t ldy, float *sums, int accumulate),
       (rows, n, dy, lddy, y, ldy, sums, accumulate))

#ifdef CK_BODIES
static void NAME(mask_and_sum)(int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y,
                               int64_t ldy, float *sums, int accumulate) {
  int64_t j = 0;
  for (; j + LANES <= n; j += LANES) {
    VEC s = sums && accumulate ? LOAD(sums + j) : SPLAT(0);
    for (int64_t r = 0; r < rows; r++) {
      VEC d = LOAD(dy + r * lddy + j);
      if (y) {
        d = NAME(where_positive)(LOAD(y + r * ldy + j), d);
        STORE(dy + r * lddy + j, d);
      }
      s += d;
    }
    if (sums) STORE(sums + j, s);
  }
  for (; j < n; j++) {
    float s = sums && accumulate ? sums[j] : 0;
    for (int64_t r = 0; r < rows; r++) {
      if (y && !(y[r * ldy + j] > 0)) dy[r * lddy + j] = 0;
      s += dy[r * lddy + j];
    }
    if (sums) sums[j] = s;
  }
}
#endif
