/// Plain gradient descent, on dense numbers and on the rows of a table that a batch touched.

/// w −= rate·scale·Σ g.
KERNEL(sgd_step, (int64_t n, float *w, const float *g, int64_t stride, int64_t lanes, float rate),
       (n, w, g, stride, lanes, rate))

/// SGD on the rows of a group.
KERNEL(sgd_rows, (const ck_groups *groups, int64_t width, float *w, const float *dx, int64_t lddx,
                  float rate),
       (groups, width, w, dx, lddx, rate))

#ifdef CK_BODIES
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
#endif
