/// What an affine map does to its output's gradient, in one pass over it: mask, sum, pack.

/// dy[r,j] = y[r,j] > 0 ? dy[r,j] : 0, in place, unless y is NULL; sums[j] (+)= Σ_r dy[r,j] unless
/// sums is NULL; `packed` gets dy[rows,n] as `pack` would pack it, all panels.
KERNEL(pack_gradient, (int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y, int64_t ldy,
                       float *sums, int accumulate, float *packed),
       (rows, n, dy, lddy, y, ldy, sums, accumulate, packed))

/// Packs x[rows,n] as the rows from `first` on of a matrix [total,n], as `pack` would pack it, and adds
/// them up: sums[j] += Σ_r x[r,j], unless sums is NULL.
KERNEL(pack_rows, (int64_t rows, int64_t n, const float *x, int64_t ldx, float *sums, int64_t first,
                   int64_t total, float *packed),
       (rows, n, x, ldx, sums, first, total, packed))

#ifdef CK_BODIES
/// The same for one panel of `cols` vectors (a constant), of which `n` columns are real.
INLINE void NAME(pack_gradient_panel)(const int cols, int64_t rows, int64_t n, float *dy,
                                      int64_t lddy, const float *y, int64_t ldy, float *sums,
                                      int accumulate, float *packed) {
  VEC sum[COLS];
#pragma clang loop unroll(full)
  for (int j = 0; j < cols; j++)
    sum[j] = sums && accumulate ? NAME(load_part)(sums + j * LANES, n - j * LANES, 0) : SPLAT(0);
  for (int64_t r = 0; r < rows; r++) {
    float *row = dy + r * lddy;
#pragma clang loop unroll(full)
    for (int j = 0; j < cols; j++) {
      const int64_t part = n - j * LANES;
      VEC d = NAME(load_part)(row + j * LANES, part, 0);
      if (y) {
        d = NAME(where_positive)(NAME(load_part)(y + r * ldy + j * LANES, part, 0), d);
        NAME(store_part)(row + j * LANES, part, d);
      }
      sum[j] += d;
      STORE(packed + (r * cols + j) * LANES, d);
    }
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < cols; j++)
    if (sums) NAME(store_part)(sums + j * LANES, n - j * LANES, sum[j]);
}

static void NAME(pack_gradient)(int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y,
                                int64_t ldy, float *sums, int accumulate, float *packed) {
  for (int64_t j = 0; j < n; j += PANEL) {
    const int64_t columns = n - j < PANEL ? n - j : PANEL;
    ON_VECTORS((columns + LANES - 1) / LANES, NAME(pack_gradient_panel), rows, columns, dy + j, lddy,
               y ? y + j : 0, ldy, sums ? sums + j : 0, accumulate, packed + j * rows)
  }
}

/// One panel of `cols` vectors (a constant), of which `n` columns are real; `packed` is its first row.
INLINE void NAME(pack_panel_rows)(const int cols, int64_t rows, int64_t n, const float *x,
                                  int64_t ldx, float *sums, float *packed) {
  VEC sum[COLS];
#pragma clang loop unroll(full)
  for (int j = 0; j < cols; j++)
    sum[j] = sums ? NAME(load_part)(sums + j * LANES, n - j * LANES, 0) : SPLAT(0);
  for (int64_t r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int j = 0; j < cols; j++) {
      const VEC part = NAME(load_part)(x + r * ldx + j * LANES, n - j * LANES, 0);
      sum[j] += part;
      STORE(packed + (r * cols + j) * LANES, part);
    }
#pragma clang loop unroll(full)
  for (int j = 0; j < cols; j++)
    if (sums) NAME(store_part)(sums + j * LANES, n - j * LANES, sum[j]);
}

static void NAME(pack_rows)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *sums,
                            int64_t first, int64_t total, float *packed) {
  for (int64_t j = 0; j < n; j += PANEL) {
    const int64_t columns = n - j < PANEL ? n - j : PANEL, cols = (columns + LANES - 1) / LANES;
    ON_VECTORS(cols, NAME(pack_panel_rows), rows, columns, x + j, ldx, sums ? sums + j : 0,
               packed + j * total + first * cols * LANES)
  }
}
#endif
