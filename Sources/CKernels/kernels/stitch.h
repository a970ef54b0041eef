/// Columns of units combined by a small matrix, and both gradients.

/// y[r, k·width + h] = Σ_j a[k,j]·x[r, j·width + h]; `by_unit` tells a[k,j] from a[k,j,h].
KERNEL(stitch,
       (int64_t rows, int64_t columns, int64_t width, const float *a, int by_unit, const float *x,
        int64_t ldx, float *y, int64_t ldy),
       (rows, columns, width, a, by_unit, x, ldx, y, ldy))

/// da[j] (+)= Σ_r dy[r]∘x[r,j], summed over h unless `by_unit`: the gradient of one row of a, from that
/// row's dy [rows, width].
KERNEL(stitch_weights,
       (int64_t rows, int64_t columns, int64_t width, int by_unit, const float *x, int64_t ldx,
        const float *dy, int64_t lddy, float *da, int accumulate),
       (rows, columns, width, by_unit, x, ldx, dy, lddy, da, accumulate))

/// dx[r,j] (+)= Σ_k a[k,j]·dy[r,k]; da[k,j] (+)= Σ_r dy[r,k]∘x[r,j], summed over h unless
/// `by_unit`. dx and da may be NULL.
KERNEL(stitch_backward,
       (int64_t rows, int64_t columns, int64_t width, const float *a, int by_unit, const float *x,
        int64_t ldx, const float *dy, int64_t lddy, float *dx, int64_t lddx, int accumulate_x,
        float *da, int accumulate_a),
       (rows, columns, width, a, by_unit, x, ldx, dy, lddy, dx, lddx, accumulate_x, da,
        accumulate_a))

#ifdef CK_BODIES
/// Σ_j a_j ∘ x_j over the columns, for `part` units from h; a_j lies `step` entries after a_{j−1}.
INLINE VEC NAME(stitched)(int64_t columns, int64_t width, const float *a, int64_t step, int by_unit,
                          const float *x, int64_t h, int64_t part) {
  VEC s = SPLAT(0);
  for (int64_t j = 0; j < columns; j++) {
    const float *at = a + j * step * (by_unit ? width : 1);
    const float *from = x + j * width + h;
    VEC w = by_unit ? NAME(load_part)(at + h, part, 0) : SPLAT(*at);
    s += w * NAME(load_part)(from, part, 0);
  }
  return s;
}

static void NAME(stitch)(int64_t rows, int64_t columns, int64_t width, const float *a, int by_unit,
                         const float *x, int64_t ldx, float *y, int64_t ldy) {
  const int64_t entry = by_unit ? width : 1;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t k = 0; k < columns; k++)
      for (int64_t h = 0; h < width; h += LANES) {
        const int64_t part = width - h < LANES ? width - h : LANES;
        VEC s = NAME(stitched)(columns, width, a + k * columns * entry, 1, by_unit, x + r * ldx, h,
                               part);
        NAME(store_part)(y + r * ldy + k * width + h, part, s);
      }
}

/// da[k,j] over all rows.
INLINE void NAME(stitch_entry)(int64_t rows, int64_t width, int by_unit, const float *x, int64_t ldx,
                               const float *dy, int64_t lddy, float *da, int accumulate) {
  VEC all = SPLAT(0);
  for (int64_t h = 0; h < width; h += LANES) {
    const int64_t part = width - h < LANES ? width - h : LANES;
    VEC s[4] = {SPLAT(0), SPLAT(0), SPLAT(0), SPLAT(0)};
    int64_t r = 0;
    if (part == LANES)
      for (; r + 4 <= rows; r += 4)
        for (int i = 0; i < 4; i++)
          s[i] += LOAD(dy + (r + i) * lddy + h) * LOAD(x + (r + i) * ldx + h);
    for (; r < rows; r++)
      s[0] += NAME(load_part)(dy + r * lddy + h, part, 0) * NAME(load_part)(x + r * ldx + h, part, 0);
    VEC sum = (s[0] + s[1]) + (s[2] + s[3]);
    if (by_unit)
      NAME(store_part)(da + h, part, accumulate ? NAME(load_part)(da + h, part, 0) + sum : sum);
    else
      all += sum;
  }
  if (!by_unit) *da = accumulate ? *da + NAME(total)(all) : NAME(total)(all);
}

static void NAME(stitch_weights)(int64_t rows, int64_t columns, int64_t width, int by_unit,
                                 const float *x, int64_t ldx, const float *dy, int64_t lddy,
                                 float *da, int accumulate) {
  for (int64_t j = 0; j < columns; j++)
    NAME(stitch_entry)(rows, width, by_unit, x + j * width, ldx, dy, lddy,
                       da + j * (by_unit ? width : 1), accumulate);
}

static void NAME(stitch_backward)(int64_t rows, int64_t columns, int64_t width, const float *a,
                                  int by_unit, const float *x, int64_t ldx, const float *dy,
                                  int64_t lddy, float *dx, int64_t lddx, int accumulate_x,
                                  float *da, int accumulate_a) {
  const int64_t entry = by_unit ? width : 1;
  for (int64_t k = 0; da && k < columns; k++)
    NAME(stitch_weights)(rows, columns, width, by_unit, x, ldx, dy + k * width, lddy,
                         da + k * columns * entry, accumulate_a);
  if (!dx) return;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < columns; j++)
      for (int64_t h = 0; h < width; h += LANES) {
        const int64_t part = width - h < LANES ? width - h : LANES;
        float *to = dx + r * lddx + j * width + h;
        VEC s = NAME(stitched)(columns, width, a + j * entry, columns, by_unit, dy + r * lddy, h,
                               part);
        NAME(store_part)(to, part, accumulate_x ? NAME(load_part)(to, part, 0) + s : s);
      }
}
#endif
