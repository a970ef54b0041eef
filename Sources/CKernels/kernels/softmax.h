/// Softmax of rows.

/// Row softmax of x[rows,n] into y.
KERNEL(softmax, (int64_t rows, int64_t n, const float *x, int64_t ldx, float *y, int64_t ldy),
       (rows, n, x, ldx, y, ldy))

/// dx (+)= y ∘ (dy − ⟨y, dy⟩).
KERNEL(softmax_backward, (int64_t rows, int64_t n, const float *y, int64_t ldy, const float *dy,
                          int64_t lddy, float *dx, int64_t lddx, int accumulate),
       (rows, n, y, ldy, dy, lddy, dx, lddx, accumulate))

/// The largest number of each row and what a softmax divides by: tops[r] = max_j x[r,j], sums[r] =
/// Σ_j e^(x[r,j] − tops[r]). Unless `scales` is NULL, x[r,j] becomes scales[r]·softmax(x)[r,j].
KERNEL(scaled_softmax, (int64_t rows, int64_t n, float *x, int64_t ldx, const float *scales,
                        float *tops, float *sums),
       (rows, n, x, ldx, scales, tops, sums))

#ifdef CK_BODIES
/// From so many columns on, a row is long enough that its lanes pay: attention over many tokens.
/// Shorter rows are a gate's, and add up one number after the other.
#define LONG_ROW (2 * LANES > 17 ? 2 * LANES : 17)

/// max x.
INLINE float NAME(largest)(const float *x, int64_t n) {
  float top = x[0];
  int64_t j = 1;
  if (n >= LONG_ROW) {
    VEC tops = LOAD(x);
    for (j = LANES; j + LANES <= n; j += LANES) {
      const VEC y = LOAD(x + j);
      tops = NAME(choose)(y > tops, y, tops);
    }
    float all[LANES];
    STORE(all, tops);
    for (int i = 0; i < LANES; i++) top = all[i] > top ? all[i] : top;
  }
  for (; j < n; j++) top = x[j] > top ? x[j] : top;
  return top;
}

/// ⟨x, y⟩.
INLINE float NAME(inner)(const float *x, const float *y, int64_t n) {
  float sum = 0;
  int64_t j = 0;
  if (n >= LONG_ROW) {
    VEC sums = SPLAT(0);
    for (; j + LANES <= n; j += LANES) sums += LOAD(x + j) * LOAD(y + j);
    sum = NAME(total)(sums);
  }
  for (; j < n; j++) sum += x[j] * y[j];
  return sum;
}

static void NAME(softmax)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                          int64_t ldy) {
  for (int64_t r = 0; r < rows; r++) {
    const float *in = x + r * ldx;
    float *out = y + r * ldy;
    const float top = NAME(largest)(in, n);
    VEC sums = SPLAT(0);
    for (int64_t j = 0; j < n; j += LANES) {
      const int64_t part = n - j < LANES ? n - j : LANES;
      // Lanes behind the end give e^−∞ = 0.
      VEC e = NAME(exp)(NAME(load_part)(in + j, part, -1e30f) - SPLAT(top));
      NAME(store_part)(out + j, part, e);
      sums += e;
    }
    float sum = 0;
    if (n >= LONG_ROW) {
      sum = NAME(total)(sums);
    } else {
      for (int64_t j = 0; j < n; j++) sum += out[j];
    }
    const float inverse = 1 / sum;
    for (int64_t j = 0; j < n; j++) out[j] *= inverse;
  }
}

static void NAME(softmax_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                   const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                   int accumulate) {
  for (int64_t r = 0; r < rows; r++) {
    const float *p = y + r * ldy, *d = dy + r * lddy;
    float *out = dx + r * lddx;
    const float dot = NAME(inner)(p, d, n);
    for (int64_t j = 0; j < n; j++) {
      const float g = p[j] * (d[j] - dot);
      out[j] = accumulate ? out[j] + g : g;
    }
  }
}

static void NAME(scaled_softmax)(int64_t rows, int64_t n, float *x, int64_t ldx,
                                 const float *scales, float *tops, float *sums) {
  for (int64_t r = 0; r < rows; r++) {
    float *row = x + r * ldx;
    const float top = NAME(largest)(row, n);
    VEC all = SPLAT(0);
    for (int64_t j = 0; j < n; j += LANES) {
      const int64_t part = n - j < LANES ? n - j : LANES;
      const VEC e = NAME(exp)(NAME(load_part)(row + j, part, -1e30f) - SPLAT(top));
      if (scales) NAME(store_part)(row + j, part, e);
      all += e;
    }
    tops[r] = top;
    sums[r] = NAME(total)(all);
    if (!scales) continue;
    const float factor = scales[r] / sums[r];
    for (int64_t j = 0; j < n; j++) row[j] *= factor;
  }
}
#undef LONG_ROW
#endif
