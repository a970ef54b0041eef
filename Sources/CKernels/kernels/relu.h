/// The rectifier.

/// y = max(x, 0).
KERNEL(relu, (int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy),
       (rows, n, x, ldx, y, ldy))

/// dx (+)= y > 0 ? dy : 0.
KERNEL(relu_backward, (int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                       int64_t lddy, float *dx, int64_t lddx, int accumulate),
       (rows, n, y, ldy, dy, lddy, dx, lddx, accumulate))

#ifdef CK_BODIES
static void NAME(relu)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                       int64_t ldy) {
  OVER_ROWS(rows, n, y, ldy, x, ldx, x, ldx, NAME(rectified)(x))
}

static void NAME(relu_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                int accumulate) {
  if (accumulate) {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, old + NAME(where_positive)(x, u))
  } else {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, NAME(where_positive)(x, u))
  }
}
#endif
