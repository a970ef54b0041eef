/// The logistic function.

/// y = 1 / (1 + e^-x).
KERNEL(sigmoid, (int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy),
       (rows, n, x, ldx, y, ldy))

/// dx (+)= dy·y·(1 − y).
KERNEL(sigmoid_backward, (int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                          int64_t lddy, float *dx, int64_t lddx, int accumulate),
       (rows, n, y, ldy, dy, lddy, dx, lddx, accumulate))

#ifdef CK_BODIES
static void NAME(sigmoid)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                          int64_t ldy) {
  OVER_ROWS(rows, n, y, ldy, x, ldx, x, ldx, SPLAT(1) / (SPLAT(1) + NAME(exp)(-x)))
}

static void NAME(sigmoid_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                   const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                   int accumulate) {
  if (accumulate) {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, old + u * x * (SPLAT(1) - x))
  } else {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, u * x * (SPLAT(1) - x))
  }
}
#endif
