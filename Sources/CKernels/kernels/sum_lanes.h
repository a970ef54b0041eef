/// The sum of gradients that threads wrote apart.

/// g[i] = Σ over lanes of g[lane·stride + i].
KERNEL(sum_lanes, (int64_t n, float *g, int64_t stride, int64_t lanes), (n, g, stride, lanes))

#ifdef CK_BODIES
static void NAME(sum_lanes)(int64_t n, float *g, int64_t stride, int64_t lanes) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) STORE(g + i, NAME(lane_sum)(g + i, stride, lanes));
  for (; i < n; i++) {
    float s = g[i];
    for (int64_t l = 1; l < lanes; l++) s += g[l * stride + i];
    g[i] = s;
  }
}
#endif
