/// The packed matrix product of one CPU level: C[m,n] (+)= A[m,k]·B[k,n].
///
/// B lies packed in panels of PANEL = COLS·LANES columns: for every k one row of the panel, so that
/// the inner loop reads it front to back. The tile is TILE rows × one panel, TILE·COLS vector
/// registers that stay in the registers over the whole of k:
///
///     for k:  b₀, b₁ = panel[k];  for i < TILE:  a = A[i,k] in every lane;  c[i,·] += a·b
///
/// A is read in place. Rows left over (m mod TILE) run the same code with a smaller constant row
/// count; columns left over are zero in the packed panel and are cut off when the tile is stored; of
/// a panel with no more than LANES columns only the first vector is computed.
/// Several files include this one with other LANES, COLS and TILE.

#define PANEL (COLS * LANES)

/// Puts one row of a tile where it belongs; `n` columns of it are real. `extra` is the bias or the
/// mask's row.
INLINE void NAME(store_row)(const int cols, VEC *row, int64_t n, float *c, const float *extra,
                            int flags) {
  if (__builtin_expect(n == cols * LANES, 1)) {
    for (int j = 0; j < cols; j++) {
      VEC x = row[j];
      if (flags & CK_MASK) x *= LOAD(extra + j * LANES);
      if (flags & CK_ACCUMULATE) x += LOAD(c + j * LANES);
      if (flags & CK_BIAS) x += LOAD(extra + j * LANES);
      if (flags & CK_RELU) x = NAME(rectified)(x);
      STORE(c + j * LANES, x);
    }
    return;
  }
  float whole[PANEL];
  for (int j = 0; j < cols; j++) STORE(whole + j * LANES, row[j]);
  for (int64_t j = 0; j < n; j++) {
    float x = whole[j];
    if (flags & CK_MASK) x *= extra[j];
    if (flags & CK_ACCUMULATE) x += c[j];
    if (flags & CK_BIAS) x += extra[j];
    if (flags & CK_RELU) x = x < 0 ? 0 : x;
    c[j] = x;
  }
}

/// A tile of `rows` rows and `cols` vectors (constants). Element A[i,k] is a[i·row + k·column].
INLINE void NAME(tile)(const int rows, const int cols, int64_t n, int64_t k, const float *a, int64_t row,
                       int64_t column, const float *panel, float *c, int64_t ldc,
                       const float *extra, int flags) {
  VEC sum[TILE][COLS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++) sum[i][j] = SPLAT(0);
  for (int64_t p = 0; p < k; p++) {
    VEC b[COLS];
#pragma clang loop unroll(full)
    for (int j = 0; j < cols; j++) b[j] = LOAD(panel + p * PANEL + j * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      VEC x = SPLAT(a[i * row + p * column]);
#pragma clang loop unroll(full)
      for (int j = 0; j < cols; j++) sum[i][j] += x * b[j];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    NAME(store_row)(cols, sum[i], n, c + i * ldc, flags & CK_MASK ? extra + i * ldc : extra, flags);
}

/// One kernel a row count, for A by rows (column stride 1) and A by columns (row stride 1).
typedef void (*NAME(tile_kernel))(int64_t n, int64_t k, const float *a, int64_t stride,
                                  const float *panel, float *c, int64_t ldc, const float *extra,
                                  int flags);
#define TILE_KERNEL(NAME_, R, C, ROW, COLUMN)                                                     \
  static __attribute__((noinline)) void NAME(NAME_)(                                              \
      int64_t n, int64_t k, const float *a, int64_t stride, const float *panel, float *c,         \
      int64_t ldc, const float *extra, int flags) {                                               \
    NAME(tile)(R, C, n, k, a, ROW, COLUMN, panel, c, ldc, extra, flags);                           \
  }
#define TILES(R)                                                                                  \
  TILE_KERNEL(rows##R, R, COLS, stride, 1)                                                        \
  TILE_KERNEL(narrow_rows##R, R, 1, stride, 1)                                                    \
  TILE_KERNEL(columns##R, R, COLS, 1, stride)                                                     \
  TILE_KERNEL(narrow_columns##R, R, 1, 1, stride)
TILES(1) TILES(2) TILES(3) TILES(4)
#if TILE >= 6
TILES(5) TILES(6)
#endif
#if TILE >= 12
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif

#if TILE >= 12
#define EACH(K) {NAME(K##1), NAME(K##2), NAME(K##3), NAME(K##4), NAME(K##5), NAME(K##6), \
                 NAME(K##7), NAME(K##8), NAME(K##9), NAME(K##10), NAME(K##11), NAME(K##12)}
#elif TILE >= 6
#define EACH(K) {NAME(K##1), NAME(K##2), NAME(K##3), NAME(K##4), NAME(K##5), NAME(K##6)}
#else
#define EACH(K) {NAME(K##1), NAME(K##2), NAME(K##3), NAME(K##4)}
#endif
/// By whether the panel is narrow, then by rows − 1.
static const NAME(tile_kernel) NAME(by_rows)[2][TILE] = {EACH(rows), EACH(narrow_rows)};
static const NAME(tile_kernel) NAME(by_columns)[2][TILE] = {EACH(columns), EACH(narrow_columns)};

/// Rows of the next tile, so that the last two share what is left instead of leaving a sliver.
INLINE int64_t NAME(next_rows)(int64_t left) {
  return left >= 2 * TILE ? TILE : (left > TILE ? (left + 1) / 2 : left);
}

static void NAME(product)(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                          const float *packed, float *c, int64_t ldc, const float *bias,
                          int flags) {
  for (int64_t j = 0; j < n; j += PANEL) {
    const int64_t columns = n - j < PANEL ? n - j : PANEL;
    for (int64_t i = 0, rows; i < m; i += rows) {
      rows = NAME(next_rows)(m - i);
      NAME(by_rows)[columns <= LANES][rows - 1](columns, k, a + i * lda, lda, packed + j * k, c + i * ldc + j, ldc,
                              bias ? bias + j : 0, flags);
    }
  }
}

static void NAME(product_transposed)(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                                     const float *packed, float *c, int64_t ldc,
                                     const float *mask, int flags) {
  for (int64_t j = 0; j < n; j += PANEL) {
    const int64_t columns = n - j < PANEL ? n - j : PANEL;
    for (int64_t i = 0, rows; i < m; i += rows) {
      rows = NAME(next_rows)(m - i);
      NAME(by_columns)[columns <= LANES][rows - 1](columns, k, a + i, lda, packed + j * k, c + i * ldc + j, ldc,
                                 mask ? mask + i * ldc + j : 0, flags);
    }
  }
}

static void NAME(pack)(int64_t k, int64_t n, const float *b, const float *mask, int64_t ld,
                       int64_t first, int64_t last, float *out) {
  for (int64_t panel = first; panel < last; panel++) {
    const int64_t j = panel * PANEL, columns = n - j < PANEL ? n - j : PANEL;
    float *to = out + panel * PANEL * k;
    for (int64_t p = 0; p < k; p++, to += PANEL) {
      const float *from = b + p * ld + j;
      if (mask) {
        const float *kept = mask + p * ld + j;
        for (int64_t c = 0; c < PANEL; c++) to[c] = c < columns ? kept[c] * from[c] : 0;
      } else if (columns == PANEL) {
        for (int c = 0; c < COLS; c++) STORE(to + c * LANES, LOAD(from + c * LANES));
      } else {
        for (int64_t c = 0; c < PANEL; c++) to[c] = c < columns ? from[c] : 0;
      }
    }
  }
}

static void NAME(pack_transposed)(int64_t k, int64_t n, const float *b, const float *mask,
                                  int64_t ld, int64_t first, int64_t last, float *out) {
  for (int64_t panel = first; panel < last; panel++) {
    const int64_t j = panel * PANEL, columns = n - j < PANEL ? n - j : PANEL;
    float *to = out + panel * PANEL * k;
    for (int64_t p = 0; p < k; p += 16) {  // 16 floats of a source row: one cache line
      const int64_t end = p + 16 < k ? p + 16 : k;
      for (int64_t c = 0; c < columns; c++) {
        const float *from = b + (j + c) * ld;
        const float *kept = mask ? mask + (j + c) * ld : 0;
        for (int64_t q = p; q < end; q++) to[q * PANEL + c] = kept ? kept[q] * from[q] : from[q];
      }
      for (int64_t c = columns; c < PANEL; c++)
        for (int64_t q = p; q < end; q++) to[q * PANEL + c] = 0;
    }
  }
}
