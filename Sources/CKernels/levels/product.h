/// The packed matrix product of one CPU level: C[m,n] (+)= A[m,k]·B[k,n].
///
/// B lies packed in panels of PANEL = COLS·LANES columns: for every k one row of the panel, so that
/// the inner loop reads it front to back. The tile is TILE rows × one panel, TILE·COLS vector
/// registers that stay in the registers over the whole of k:
///
///     for k:  b₀, b₁ = panel[k];  for i < TILE:  a = A[i,k] in every lane;  c[i,·] += a·b
///
/// A is read in place. Rows left over run the same code with a smaller constant row count. The last
/// panel has as many vectors as its columns need and is packed as narrow; a tile of fewer vectors
/// has more rows, ROWS_1 … ROWS_4. What a vector has beyond the last column is zero in the panel and
/// is cut off when the tile is stored.
/// Several files include this one with other LANES, COLS and ROWS.

#define PANEL (COLS * LANES)
#define MOST_ROWS ROWS_1
/// Columns of A that lie side by side where it is cut into strips: a whole number of tiles.
#define STRIP ROWS_1

/// Puts one row of a tile where it belongs; `n` columns of it are real. `extra` is the bias or the
/// mask's row.
INLINE void NAME(store_row)(const int cols, VEC *row, int64_t n, float *c, const float *extra,
                            int flags) {
#pragma clang loop unroll(full)
  for (int j = 0; j < cols; j++) {
    const int64_t part = n - j * LANES;
    VEC x = row[j];
    if (flags & CK_MASK) x *= NAME(load_part)(extra + j * LANES, part, 0);
    if (flags & CK_ACCUMULATE) x += NAME(load_part)(c + j * LANES, part, 0);
    if (flags & CK_BIAS) x += NAME(load_part)(extra + j * LANES, part, 0);
    if (flags & CK_RELU) x = NAME(rectified)(x);
    NAME(store_part)(c + j * LANES, part, x);
  }
}

/// A tile of `rows` rows and `cols` vectors (constants). Element A[i,k] is a[i·row + k·column].
INLINE void NAME(tile)(const int rows, const int cols, int64_t n, int64_t k, const float *a,
                       int64_t row, int64_t column, const float *panel, float *c, int64_t ldc,
                       const float *extra, int flags) {
  VEC sum[MOST_ROWS][COLS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++) {
      sum[i][j] = SPLAT(0);
      // What will be added to is near by the time it is needed, and so is a weight's gradient (rows of A
      // that lie side by side), which nobody has touched since the step before.
      if ((flags & CK_ACCUMULATE) || row == 1) __builtin_prefetch(c + i * ldc + j * LANES, 1);
    }
  for (int64_t p = 0; p < k; p++) {
    VEC b[COLS];
#pragma clang loop unroll(full)
    for (int j = 0; j < cols; j++) b[j] = LOAD(panel + (p * cols + j) * LANES);
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

typedef void (*NAME(tile_kernel))(int64_t n, int64_t k, const float *a, int64_t stride,
                                  const float *panel, float *c, int64_t ldc, const float *extra,
                                  int flags);
#define TILE_KERNEL(NAME_, C, R, ROW, COLUMN)                                                     \
  static __attribute__((noinline)) void NAME(NAME_)(                                              \
      int64_t n, int64_t k, const float *a, int64_t stride, const float *panel, float *c,         \
      int64_t ldc, const float *extra, int flags) {                                               \
    NAME(tile)(R, C, n, k, a, ROW, COLUMN, panel, c, ldc, extra, flags);                          \
  }
/// For A by rows (column stride 1) and for A by columns (row stride 1).
#define TILE(C, R)                                                                                \
  TILE_KERNEL(rows_##C##_##R, C, R, stride, 1)                                                    \
  TILE_KERNEL(columns_##C##_##R, C, R, 1, stride)
#define TILES_4(C) TILE(C, 1) TILE(C, 2) TILE(C, 3) TILE(C, 4)
#define TILES_6(C) TILES_4(C) TILE(C, 5) TILE(C, 6)
#define TILES_8(C) TILES_6(C) TILE(C, 7) TILE(C, 8)
#define TILES_12(C) TILES_8(C) TILE(C, 9) TILE(C, 10) TILE(C, 11) TILE(C, 12)
#define LIST_4(K, C) NAME(K##_##C##_1), NAME(K##_##C##_2), NAME(K##_##C##_3), NAME(K##_##C##_4)
#define LIST_6(K, C) LIST_4(K, C), NAME(K##_##C##_5), NAME(K##_##C##_6)
#define LIST_8(K, C) LIST_6(K, C), NAME(K##_##C##_7), NAME(K##_##C##_8)
#define LIST_12(K, C)                                                                             \
  LIST_8(K, C), NAME(K##_##C##_9), NAME(K##_##C##_10), NAME(K##_##C##_11), NAME(K##_##C##_12)
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

PASTE(TILES_, ROWS_1)(1) PASTE(TILES_, ROWS_2)(2)
#if COLS == 4
PASTE(TILES_, ROWS_3)(3) PASTE(TILES_, ROWS_4)(4)
#endif

/// By vectors − 1, then by rows − 1.
#if COLS == 4
#define EACH(K)                                                                                   \
  {{PASTE(LIST_, ROWS_1)(K, 1)},                                                                  \
   {PASTE(LIST_, ROWS_2)(K, 2)},                                                                  \
   {PASTE(LIST_, ROWS_3)(K, 3)},                                                                  \
   {PASTE(LIST_, ROWS_4)(K, 4)}}
static const int NAME(most_rows)[COLS] = {ROWS_1, ROWS_2, ROWS_3, ROWS_4};
#else
#define EACH(K) {{PASTE(LIST_, ROWS_1)(K, 1)}, {PASTE(LIST_, ROWS_2)(K, 2)}}
static const int NAME(most_rows)[COLS] = {ROWS_1, ROWS_2};
#endif
static const NAME(tile_kernel) NAME(by_rows)[COLS][MOST_ROWS] = EACH(rows);
static const NAME(tile_kernel) NAME(by_columns)[COLS][MOST_ROWS] = EACH(columns);

/// Rows of the next tile, so that the last two share what is left instead of leaving a sliver.
INLINE int64_t NAME(next_rows)(int64_t left, int64_t most) {
  return left >= 2 * most ? most : (left > most ? (left + 1) / 2 : left);
}

/// Rows of a panel that are used at a time: 32 KiB of it, which stay in the first-level cache while
/// all tiles pass over them.
enum { NAME(depth) = 8192 / PANEL };
/// The same with CK_DEEP: 256 KiB, which stream from the second-level cache. C is read and written less
/// often, which gains 2 % of a product of few rows, or of one whose C does not stay near.
enum { NAME(deep) = 65536 / PANEL };

/// What is left to do for one part of k: the parts after the first add to C, and only the last one
/// has the bias and the rectifier.
INLINE int NAME(part_flags)(int flags, int is_first, int is_last) {
  if (!is_last) flags &= ~(CK_BIAS | CK_RELU);
  return is_first ? flags : flags | CK_ACCUMULATE;
}

/// What the loops over a product's tiles have in common. A[i,p] lies at a + i·row + p·column; `lda`
/// is the one of the two that is not 1. In strips, STRIP of i lie `strip` floats behind those before.
typedef struct {
  const NAME(tile_kernel) (*kernels)[MOST_ROWS];
  int64_t m, n, k;
  const float *a;
  int64_t row, column, lda, strip;
  const float *packed;
  float *c;
  int64_t ldc;
  const float *extra;
  int flags;
} NAME(whole);

/// The tiles of one panel, from column j, over one part of k, from p.
INLINE void NAME(panel_tiles)(const NAME(whole) *w, int64_t j, int64_t p, int64_t depth) {
  const int64_t columns = w->n - j < PANEL ? w->n - j : PANEL;
  const int64_t cols = (columns + LANES - 1) / LANES, most = NAME(most_rows)[cols - 1];
  const float *panel = w->packed + j * w->k + p * cols * LANES;
  const int flags = NAME(part_flags)(w->flags, p == 0, p + depth >= w->k);
  for (int64_t i = 0, rows; i < w->m; i += rows) {
    const int64_t inside = i % STRIP, left = w->m - i;
    const float *a = w->a + (w->strip ? i / STRIP * w->strip + inside : i * w->row) + p * w->column;
    rows = NAME(next_rows)(w->strip && left > STRIP - inside ? STRIP - inside : left, most);
    const float *extra = w->extra ? w->extra + j + (flags & CK_MASK ? i * w->ldc : 0) : 0;
    w->kernels[cols - 1][rows - 1](columns, depth, a, w->lda, panel, w->c + i * w->ldc + j, w->ldc,
                                   extra, flags);
  }
}

/// C = A·B. A wide C is finished panel after panel; of a long k every part passes over all panels,
/// so that its part of A stays near.
INLINE void NAME(tiles)(const NAME(whole) *w) {
  const int64_t usual = w->flags & CK_DEEP ? NAME(deep) : NAME(depth);
  int64_t depth = 0;
  for (int64_t p = 0; p == 0 || p < w->k; p += depth) {
    const int64_t left = w->n < w->k ? w->k - p : w->k;
    depth = left <= 3 * usual / 2 ? left : usual;
    for (int64_t j = 0; j < w->n; j += PANEL) {
      NAME(panel_tiles)(w, j, p, depth);
      if (w->n < w->k) continue;
      for (int64_t q = depth, more; q < w->k; q += more) {
        more = w->k - q <= 3 * usual / 2 ? w->k - q : usual;
        NAME(panel_tiles)(w, j, q, more);
      }
    }
    if (w->n >= w->k || w->k == 0) break;
  }
}

static void NAME(product)(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                          const float *packed, float *c, int64_t ldc, const float *bias,
                          int flags) {
  NAME(tiles)(&(NAME(whole)){NAME(by_rows), m, n, k, a, lda, 1, lda, 0, packed, c, ldc, bias, flags});
}

static void NAME(product_transposed)(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                                     const float *packed, float *c, int64_t ldc,
                                     const float *mask, int flags) {
  NAME(tiles)(
      &(NAME(whole)){NAME(by_columns), m, n, k, a, 1, lda, lda, 0, packed, c, ldc, mask, flags});
}

/// One panel of `cols` vectors (a constant), of which `n` columns are real.
INLINE void NAME(pack_panel)(const int cols, int64_t k, int64_t n, const float *b, const float *mask,
                             int64_t ld, float *out) {
  for (int64_t p = 0; p < k; p++)
#pragma clang loop unroll(full)
    for (int c = 0; c < cols; c++) {
      const int64_t at = p * ld + c * LANES, part = n - c * LANES;
      VEC x = NAME(load_part)(b + at, part, 0);
      if (mask) x *= NAME(load_part)(mask + at, part, 0);
      STORE(out + (p * cols + c) * LANES, x);
    }
}

static void NAME(pack)(int64_t k, int64_t n, const float *b, const float *mask, int64_t ld,
                       int64_t first, int64_t last, float *out) {
  for (int64_t j = first * PANEL; j < last * PANEL; j += PANEL) {
    const float *kept = mask ? mask + j : 0;
    const int64_t columns = n - j < PANEL ? n - j : PANEL;
    ON_VECTORS((columns + LANES - 1) / LANES, NAME(pack_panel), k, columns, b + j, kept, ld,
               out + j * k)
  }
}

/// Turns four rows of four floats at distance ld into four columns, and puts each of these with a
/// distance of `width`.
INLINE void NAME(turn_4)(const float *from, const float *kept, int64_t ld, float *to, int64_t width) {
  NAME(four) x[4];
  for (int i = 0; i < 4; i++) {
    x[i] = NAME(load_four)(from + i * ld);
    if (kept) x[i] *= NAME(load_four)(kept + i * ld);
  }
  const NAME(four) a = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
  const NAME(four) b = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  const NAME(four) c = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const NAME(four) d = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  NAME(store_four)(to, __builtin_shufflevector(a, b, 0, 1, 4, 5));
  NAME(store_four)(to + width, __builtin_shufflevector(a, b, 2, 3, 6, 7));
  NAME(store_four)(to + 2 * width, __builtin_shufflevector(c, d, 0, 1, 4, 5));
  NAME(store_four)(to + 3 * width, __builtin_shufflevector(c, d, 2, 3, 6, 7));
}

static void NAME(pack_transposed)(int64_t k, int64_t n, const float *b, const float *mask,
                                  int64_t ld, int64_t first, int64_t last, float *out) {
  for (int64_t j = first * PANEL; j < last * PANEL; j += PANEL) {
    const int64_t columns = n - j < PANEL ? n - j : PANEL;
    const int64_t width = (columns + LANES - 1) / LANES * LANES;
    float *to = out + j * k;
    for (int64_t p = 0; p < k; p += 16) {  // 16 floats of a source row: one cache line
      const int64_t end = p + 16 < k ? p + 16 : k;
      for (int64_t c = 0; c < columns; c += 4) {
        const float *from = b + (j + c) * ld, *kept = mask ? mask + (j + c) * ld : 0;
        int64_t q = p;
        for (; q + 4 <= end && c + 4 <= columns; q += 4)
          NAME(turn_4)(from + q, kept ? kept + q : 0, ld, to + q * width + c, width);
        for (int64_t i = 0; i < 4 && c + i < columns; i++)
          for (int64_t r = q; r < end; r++)
            to[r * width + c + i] = kept ? kept[i * ld + r] * from[i * ld + r] : from[i * ld + r];
      }
      for (int64_t c = columns; c < width; c++)
        for (int64_t q = p; q < end; q++) to[q * width + c] = 0;
    }
  }
}

/// Floats between two strips of k entries: whole lines of the cache and an odd number of them, so that
/// an entry's parts do not all fall into a few sets.
INLINE int64_t NAME(strip_distance)(int64_t k) { return ((k * STRIP + 15) / 16 | 1) * 16; }

static void NAME(pack_strips)(int64_t rows, int64_t n, const float *x, int64_t ldx, int64_t first,
                              int64_t total, float *strips) {
  const int64_t distance = NAME(strip_distance)(total);
  for (int64_t r = 0; r < rows; r++) {
    const float *from = x + r * ldx;
    float *to = strips + (first + r) * STRIP;
    int64_t j = 0;
    for (; j + STRIP <= n; j += STRIP, to += distance) {
      __builtin_prefetch(from + ldx + j, 0);
#pragma clang loop unroll(full)
      for (int c = 0; c < STRIP; c += 4)
        NAME(store_four)(to + c, NAME(load_four)(from + j + c));
    }
    for (int64_t c = j; c < n; c++) to[c - j] = from[c];
  }
}

static void NAME(product_strips)(int64_t m, int64_t n, int64_t k, const float *strips,
                                 const float *packed, float *c, int64_t ldc, const float *mask,
                                 int flags) {
  NAME(tiles)(&(NAME(whole)){NAME(by_columns), m, n, k, strips, 1, STRIP, STRIP,
                             NAME(strip_distance)(k), packed, c, ldc, mask, flags});
}
