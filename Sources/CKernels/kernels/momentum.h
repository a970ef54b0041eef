/// Gradient descent with momentum, on dense numbers and on the rows of a table that a batch touched.

/// m ← β·m + g; w −= rate·m, or with Nesterov's look ahead rate·(g + β·m); the gradient g is the sum of
/// `lanes` rows at distance `stride`.
KERNEL(momentum_step, (int64_t n, float *w, float *m, const float *g, int64_t stride,
                       int64_t lanes, const ck_momentum *a),
       (n, w, m, g, stride, lanes, a))

/// The same on the rows of a group: momentum of other rows is left alone.
KERNEL(momentum_rows, (const ck_groups *groups, int64_t width, float *w, float *m,
                       const float *dx, int64_t lddx, const ck_momentum *a),
       (groups, width, w, m, dx, lddx, a))

#ifdef CK_BODIES
INLINE void NAME(momentum_at)(int64_t part, float *w, float *m, VEC g, const ck_momentum *a) {
  g = g * SPLAT(a->scale);
  VEC mm = SPLAT(a->beta) * NAME(load_part)(m, part, 0) + g;
  NAME(store_part)(m, part, mm);
  VEC step = a->nesterov ? g + SPLAT(a->beta) * mm : mm;
  NAME(store_part)(w, part, NAME(load_part)(w, part, 0) - SPLAT(a->rate) * step);
}

static void NAME(momentum_step)(int64_t n, float *w, float *m, const float *g, int64_t stride,
                                int64_t lanes, const ck_momentum *a) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    NAME(momentum_at)(LANES, w + i, m + i, NAME(lane_sum)(g + i, stride, lanes), a);
  if (i < n)
    NAME(momentum_at)(n - i, w + i, m + i, NAME(part_sum)(g + i, n - i, stride, lanes), a);
}

static void NAME(momentum_rows)(const ck_groups *groups, int64_t width, float *w, float *m,
                                const float *dx, int64_t lddx, const ck_momentum *a) {
  for (int64_t u = 0; u < groups->count; u++) {
    const int64_t at = groups->ids[u] * width;
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(momentum_at)(part, w + at + j, m + at + j, g, a);
    }
  }
}
#endif
