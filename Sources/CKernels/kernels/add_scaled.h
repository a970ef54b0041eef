/// Weighted sums of gradients, one term at a time.

/// out[i] (+)= weight·x[i].
KERNEL(add_scaled, (int64_t n, float weight, const float *x, float *out, int accumulate),
       (n, weight, x, out, accumulate))

/// out[r,j] (+)= weights[j]·x[r,j].
KERNEL(scale_columns,
       (int64_t rows, int64_t n, const float *x, int64_t ldx, const float *weights, float *out,
        int64_t ldo, int accumulate),
       (rows, n, x, ldx, weights, out, ldo, accumulate))

#ifdef CK_BODIES
static void NAME(add_scaled)(int64_t n, float weight, const float *x, float *out, int accumulate) {
  if (accumulate) {
    OVER_ROWS(1, n, out, n, x, n, x, n, old + SPLAT(weight) * x)
  } else {
    OVER_ROWS(1, n, out, n, x, n, x, n, SPLAT(weight) * x)
  }
}

static void NAME(scale_columns)(int64_t rows, int64_t n, const float *x, int64_t ldx,
                                const float *weights, float *out, int64_t ldo, int accumulate) {
  if (accumulate) {
    OVER_ROWS(rows, n, out, ldo, x, ldx, weights, 0, old + u * x)
  } else {
    OVER_ROWS(rows, n, out, ldo, x, ldx, weights, 0, u * x)
  }
}
#endif
