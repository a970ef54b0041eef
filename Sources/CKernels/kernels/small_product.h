/// Products of small matrices that every row of a batch has for itself, as attention does: used
/// once each, they are not worth packing.

/// C[m,n] (+)= scale·A·B: A[i,c] at a[i·row + c·column], B[c,j] at b[c·ldb + j].
KERNEL(small_product,
       (int64_t m, int64_t n, int64_t k, float scale, const float *a, int64_t row, int64_t column,
        const float *b, int64_t ldb, float *out, int64_t ldo, int accumulate),
       (m, n, k, scale, a, row, column, b, ldb, out, ldo, accumulate))

#ifdef CK_BODIES
/// One vector of columns, of which `part` are real, of `count` rows (a constant).
INLINE void NAME(small_tile)(const int count, int64_t part, int64_t k, float scale, const float *a,
                             int64_t row, int64_t column, const float *b, int64_t ldb, float *out,
                             int64_t ldo, int accumulate) {
  VEC sums[4];
  for (int i = 0; i < count; i++) sums[i] = SPLAT(0);
  for (int64_t c = 0; c < k; c++) {
    const VEC x = NAME(load_part)(b + c * ldb, part, 0);
    for (int i = 0; i < count; i++) sums[i] += SPLAT(a[i * row + c * column]) * x;
  }
  for (int i = 0; i < count; i++) {
    float *to = out + i * ldo;
    VEC y = sums[i] * SPLAT(scale);
    if (accumulate) y += NAME(load_part)(to, part, 0);
    NAME(store_part)(to, part, y);
  }
}

static void NAME(small_product)(int64_t m, int64_t n, int64_t k, float scale, const float *a,
                                int64_t row, int64_t column, const float *b, int64_t ldb,
                                float *out, int64_t ldo, int accumulate) {
  for (int64_t j = 0; j < n; j += LANES) {
    int64_t i = 0;
    for (; i + 4 <= m; i += 4) {
      // A whole vector is said as a constant, so that loads of parts fall away.
      if (n - j >= LANES) {
        NAME(small_tile)(4, LANES, k, scale, a + i * row, row, column, b + j, ldb,
                         out + i * ldo + j, ldo, accumulate);
      } else {
        NAME(small_tile)(4, n - j, k, scale, a + i * row, row, column, b + j, ldb,
                         out + i * ldo + j, ldo, accumulate);
      }
    }
    for (; i < m; i++) {
      const int64_t part = n - j < LANES ? n - j : LANES;
      NAME(small_tile)(1, part, k, scale, a + i * row, row, column, b + j, ldb,
                       out + i * ldo + j, ldo, accumulate);
    }
  }
}
#endif
