/// The optimisers' passes of one CPU level.

INLINE VEC NAME(lane_sum)(const float *g, int64_t stride, int64_t lanes) {
  VEC s = LOAD(g);
  for (int64_t l = 1; l < lanes; l++) s += LOAD(g + l * stride);
  return s;
}

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

static void NAME(sgd_step)(int64_t n, float *w, const float *g, int64_t stride, int64_t lanes,
                           float rate) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    STORE(w + i, LOAD(w + i) - SPLAT(rate) * NAME(lane_sum)(g + i, stride, lanes));
  for (; i < n; i++) {
    float s = g[i];
    for (int64_t l = 1; l < lanes; l++) s += g[l * stride + i];
    w[i] -= rate * s;
  }
}

/// Σ of dx over a group's rows, for the part of the row that starts at j.
INLINE VEC NAME(group_sum)(const ck_groups *groups, int64_t u, int64_t part, const float *dx,
                           int64_t lddx, int64_t j) {
  VEC s = SPLAT(0);
  for (int32_t k = groups->starts[u]; k < groups->starts[u + 1]; k++) {
    const float *row = dx + groups->rows[k] * lddx + j;
    s += part == LANES ? LOAD(row) : NAME(load_part)(row, part, 0);
  }
  return s;
}

static void NAME(sum_groups)(const ck_groups *groups, int64_t width, const float *dx,
                             int64_t lddx, float *out, int64_t ldo) {
  for (int64_t u = 0; u < groups->count; u++)
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      NAME(store_part)(out + u * ldo + j, part, NAME(group_sum)(groups, u, part, dx, lddx, j));
    }
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

static void NAME(sgd_rows)(const ck_groups *groups, int64_t width, float *w, const float *dx,
                           int64_t lddx, float rate) {
  for (int64_t u = 0; u < groups->count; u++)
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      float *at = w + groups->ids[u] * width + j;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(store_part)(at, part, NAME(load_part)(at, part, 0) - SPLAT(rate) * g);
    }
}

static void NAME(sum_lane_rows)(int64_t n, float *g, int64_t stride, int64_t lanes) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) STORE(g + i, NAME(lane_sum)(g + i, stride, lanes));
  for (; i < n; i++) {
    float s = g[i];
    for (int64_t l = 1; l < lanes; l++) s += g[l * stride + i];
    g[i] = s;
  }
}

static double NAME(multiply_add_peak)(int64_t rounds) {
  VEC sum[TILE][COLS], b[COLS], x = SPLAT(1.0000001f);
  for (int i = 0; i < TILE; i++)
    for (int j = 0; j < COLS; j++) sum[i][j] = SPLAT(i + j);
  for (int j = 0; j < COLS; j++) b[j] = SPLAT(1e-9f * (j + 1));
  for (int64_t r = 0; r < rounds; r++) {
    __asm__ volatile("" : "+x"(x));
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < COLS; j++) sum[i][j] += x * b[j];
  }
  float s = 0;
  for (int i = 0; i < TILE; i++)
    for (int j = 0; j < COLS; j++) s += NAME(sum_lanes)(sum[i][j]);
  volatile float sink = s;
  (void)sink;
  return 2.0 * rounds * TILE * COLS * LANES;
}
