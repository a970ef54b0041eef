/// Softmax of rows.

/// Row softmax of x[rows,n] into y.
KERNEL(softmax, (int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy),
       (rows, n, x, ldx, y, ldy))

/// dx (+)= y ∘ (dy − ⟨y, dy⟩).
KERNEL(softmax_backward, (int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                          int64_t lddy, float *dx, int64_t lddx, int accumulate),
       (rows, n, y, ldy, dy, lddy, dx, lddx, accumulate))

#ifdef CK_BODIES
static void NAME(softmax)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                          int64_t ldy) {
  for (int64_t r = 0; r < rows; r++) {
    const float *in = x + r * ldx;
    float *out = y + r * ldy;
    float top = in[0];
    for (int64_t j = 1; j < n; j++) top = in[j] > top ? in[j] : top;
    float sum = 0;
    for (int64_t j = 0; j < n; j += LANES) {
      const int64_t part = n - j < LANES ? n - j : LANES;
      VEC e = NAME(exp)(NAME(load_part)(in + j, part, -1e30f) - SPLAT(top));
      NAME(store_part)(out + j, part, e);
    }
    for (int64_t j = 0; j < n; j++) sum += out[j];
    const float inverse = 1 / sum;
    for (int64_t j = 0; j < n; j++) out[j] *= inverse;
  }
}

static void NAME(softmax_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                   const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                   int accumulate) {
  for (int64_t r = 0; r < rows; r++) {
    const float *p = y + r * ldy, *d = dy + r * lddy;
    float *out = dx + r * lddx, dot = 0;
    for (int64_t j = 0; j < n; j++) dot += p[j] * d[j];
    for (int64_t j = 0; j < n; j++) {
      const float g = p[j] * (d[j] - dot);
      out[j] = accumulate ? out[j] + g : g;
    }
  }
}
#endif
