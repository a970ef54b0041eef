/// The hyperbolic tangent.

/// y = tanh x.
KERNEL(tanh, (int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy),
       (rows, n, x, ldx, y, ldy))

/// dx (+)= dy·(1 − y²).
KERNEL(tanh_backward, (int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                       int64_t lddy, float *dx, int64_t lddx, int accumulate),
       (rows, n, y, ldy, dy, lddy, dx, lddx, accumulate))

#ifdef CK_BODIES
/// tanh of a vector: relative error below 2e-7, also of a tiny x, where 2σ(2x) − 1 would lose its
/// digits. Below 0.625 the odd polynomial of the Cephes library (tanhf), above it
/// (1 − e) / (1 + e) with e = e^−2|x|.
INLINE VEC NAME(tanh_of)(VEC x) {
  const VEC size = __builtin_elementwise_abs(x), square = x * x;
  VEC p = SPLAT(-5.70498872745e-3f);
  p = p * square + SPLAT(2.06390887954e-2f);
  p = p * square + SPLAT(-5.37397155531e-2f);
  p = p * square + SPLAT(1.33314422036e-1f);
  p = p * square + SPLAT(-3.33332819422e-1f);
  const VEC near = p * square * x + x;
  const VEC e = NAME(exp)(size * SPLAT(-2));
  const VEC far = (SPLAT(1) - e) / (SPLAT(1) + e);
  return NAME(choose)(size < SPLAT(0.625f), near, NAME(choose)(x < SPLAT(0), -far, far));
}

static void NAME(tanh)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                       int64_t ldy) {
  OVER_ROWS(rows, n, y, ldy, x, ldx, x, ldx, NAME(tanh_of)(x))
}

static void NAME(tanh_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                int accumulate) {
  if (accumulate) {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, old + u * (SPLAT(1) - x * x))
  } else {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, u * (SPLAT(1) - x * x))
  }
}
#endif
