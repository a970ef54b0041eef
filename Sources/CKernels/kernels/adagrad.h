/// Adagrad, on dense numbers and on the rows of a table that a batch touched.
///
/// A row that a batch does not touch has the gradient 0, which moves neither it nor its sums, so the
/// touched rows are all there is to do.

/// One Adagrad step on n numbers, each with its sum of squares in `sums`; the gradient is the sum of
/// `lanes` rows at distance `stride`.
KERNEL(adagrad_step, (int64_t n, float *w, float *sums, const float *g, int64_t stride,
                      int64_t lanes, const ck_adagrad *a),
       (n, w, sums, g, stride, lanes, a))

/// Adagrad on the rows of a group, with a sum of squares for every number.
KERNEL(adagrad_rows, (const ck_groups *groups, int64_t width, float *w, float *sums,
                      const float *dx, int64_t lddx, const ck_adagrad *a),
       (groups, width, w, sums, dx, lddx, a))

/// Row-wise Adagrad on the rows of a group: one sum for every row, of the mean of its squares.
KERNEL(adagrad_rowwise, (const ck_groups *groups, int64_t width, float *w, float *sums,
                         const float *dx, int64_t lddx, const ck_adagrad *a),
       (groups, width, w, sums, dx, lddx, a))

#ifdef CK_BODIES
INLINE void NAME(adagrad_at)(int64_t part, float *w, float *sums, VEC g, const ck_adagrad *a) {
  g = g * SPLAT(a->scale);
  VEC sum = NAME(load_part)(sums, part, 0) + g * g;
  NAME(store_part)(sums, part, sum);
  VEC root = __builtin_elementwise_sqrt(sum) + SPLAT(a->epsilon);
  NAME(store_part)(w, part, NAME(load_part)(w, part, 0) - SPLAT(a->rate) * g / root);
}

static void NAME(adagrad_step)(int64_t n, float *w, float *sums, const float *g, int64_t stride,
                               int64_t lanes, const ck_adagrad *a) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    NAME(adagrad_at)(LANES, w + i, sums + i, NAME(lane_sum)(g + i, stride, lanes), a);
  if (i == n) return;
  float rest[LANES] = {0};
  for (int64_t l = 0; l < lanes; l++)
    for (int64_t j = 0; j < n - i; j++) rest[j] = l ? rest[j] + g[l * stride + i + j] : g[i + j];
  NAME(adagrad_at)(n - i, w + i, sums + i, LOAD(rest), a);
}

static void NAME(adagrad_rows)(const ck_groups *groups, int64_t width, float *w, float *sums,
                               const float *dx, int64_t lddx, const ck_adagrad *a) {
  for (int64_t u = 0; u < groups->count; u++) {
    const int64_t at = groups->ids[u] * width;
    if (u + 8 < groups->count) {
      const int64_t next = groups->ids[u + 8] * width;
      __builtin_prefetch(w + next, 1);
      __builtin_prefetch(sums + next, 1);
    }
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(adagrad_at)(part, w + at + j, sums + at + j, g, a);
    }
  }
}

/// Vectors of a row's gradient that are kept from its squares to its step; what lies beyond them is
/// added up a second time.
enum { NAME(adagrad_kept) = 16 };

static void NAME(adagrad_rowwise)(const ck_groups *groups, int64_t width, float *w, float *sums,
                                  const float *dx, int64_t lddx, const ck_adagrad *a) {
  VEC kept[NAME(adagrad_kept)];
  for (int64_t u = 0; u < groups->count; u++) {
    float *row = w + groups->ids[u] * width, *sum = sums + groups->ids[u];
    if (u + 8 < groups->count) {
      __builtin_prefetch(w + groups->ids[u + 8] * width, 1);
      __builtin_prefetch(sums + groups->ids[u + 8], 1);
    }
    VEC squares = SPLAT(0);
    for (int64_t j = 0, k = 0; j < width; j += LANES, k++) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j) * SPLAT(a->scale);
      if (k < NAME(adagrad_kept)) kept[k] = g;
      squares += g * g;
    }
    *sum += NAME(total)(squares) / (float)width;
    const float rate = a->rate / (__builtin_sqrtf(*sum) + a->epsilon);
    for (int64_t j = 0, k = 0; j < width; j += LANES, k++) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      VEC g = k < NAME(adagrad_kept)
                  ? kept[k]
                  : NAME(group_sum)(groups, u, part, dx, lddx, j) * SPLAT(a->scale);
      NAME(store_part)(row + j, part, NAME(load_part)(row + j, part, 0) - SPLAT(rate) * g);
    }
  }
}
#endif
