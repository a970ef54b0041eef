/// Adam, on dense numbers and on the rows of a table that a batch touched.

/// One Adam step on n numbers whose gradient is the sum of `lanes` rows at distance `stride`.
KERNEL(adam_step, (int64_t n, float *w, float *m, float *v, const float *g, int64_t stride,
                   int64_t lanes, const ck_adam *a),
       (n, w, m, v, g, stride, lanes, a))

/// Lazy Adam on the rows of a group: moments of other rows are left alone.
KERNEL(adam_rows, (const ck_groups *groups, int64_t width, float *w, float *m, float *v,
                   const float *dx, int64_t lddx, const ck_adam *a),
       (groups, width, w, m, v, dx, lddx, a))

#ifdef CK_BODIES
INLINE VEC NAME(adam_vector)(VEC w, VEC g, VEC *m, VEC *v, const ck_adam *a) {
  g = g * SPLAT(a->scale);
  *m = SPLAT(a->beta1) * *m + SPLAT(1 - a->beta1) * g;
  *v = SPLAT(a->beta2) * *v + SPLAT(1 - a->beta2) * g * g;
  VEC root = __builtin_elementwise_sqrt(*v) * SPLAT(a->root) + SPLAT(a->epsilon);
  return w - SPLAT(a->rate) * *m / root;
}

INLINE void NAME(adam_at)(int64_t part, float *w, float *m, float *v, VEC g, const ck_adam *a) {
  if (part == LANES) {
    VEC mm = LOAD(m), vv = LOAD(v);
    STORE(w, NAME(adam_vector)(LOAD(w), g, &mm, &vv, a));
    STORE(m, mm);
    STORE(v, vv);
  } else {
    VEC mm = NAME(load_part)(m, part, 0), vv = NAME(load_part)(v, part, 0);
    NAME(store_part)(w, part, NAME(adam_vector)(NAME(load_part)(w, part, 0), g, &mm, &vv, a));
    NAME(store_part)(m, part, mm);
    NAME(store_part)(v, part, vv);
  }
}

static void NAME(adam_step)(int64_t n, float *w, float *m, float *v, const float *g,
                            int64_t stride, int64_t lanes, const ck_adam *a) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    NAME(adam_at)(LANES, w + i, m + i, v + i, NAME(lane_sum)(g + i, stride, lanes), a);
  if (i == n) return;
  float rest[LANES] = {0};
  for (int64_t l = 0; l < lanes; l++)
    for (int64_t j = 0; j < n - i; j++) rest[j] = l ? rest[j] + g[l * stride + i + j] : g[i + j];
  NAME(adam_at)(n - i, w + i, m + i, v + i, LOAD(rest), a);
}

static void NAME(adam_rows)(const ck_groups *groups, int64_t width, float *w, float *m, float *v,
                            const float *dx, int64_t lddx, const ck_adam *a) {
  for (int64_t u = 0; u < groups->count; u++) {
    const int64_t at = groups->ids[u] * width;
    if (u + 8 < groups->count) {
      const int64_t next = groups->ids[u + 8] * width;
      __builtin_prefetch(w + next, 1);
      __builtin_prefetch(m + next, 1);
      __builtin_prefetch(v + next, 1);
    }
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(adam_at)(part, w + at + j, m + at + j, v + at + j, g, a);
    }
  }
}
#endif
