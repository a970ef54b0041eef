/// RMSprop, on dense numbers and on the rows of a table that a batch touched.

/// v ← α·v + (1 − α)·g², u = v, or centred u = v − c² with c ← α·c + (1 − α)·g; then
/// w −= rate·g / (√u + ε), or with momentum m ← μ·m + g / (√u + ε) and w −= rate·m.
///
/// m may be NULL: no momentum; c may be NULL: not centred. The gradient g is the sum of `lanes` rows at
/// distance `stride`.
KERNEL(rmsprop_step, (int64_t n, float *w, float *v, float *m, float *c, const float *g,
                      int64_t stride, int64_t lanes, const ck_rmsprop *a),
       (n, w, v, m, c, g, stride, lanes, a))

/// The same on the rows of a group: what is kept of other rows is left alone.
KERNEL(rmsprop_rows, (const ck_groups *groups, int64_t width, float *w, float *v, float *m,
                      float *c, const float *dx, int64_t lddx, const ck_rmsprop *a),
       (groups, width, w, v, m, c, dx, lddx, a))

#ifdef CK_BODIES
INLINE void NAME(rmsprop_at)(int64_t part, float *w, float *v, float *m, float *c, VEC g,
                             const ck_rmsprop *a) {
  g = g * SPLAT(a->scale);
  VEC u = SPLAT(a->alpha) * NAME(load_part)(v, part, 0) + SPLAT(1 - a->alpha) * g * g;
  NAME(store_part)(v, part, u);
  if (c) {
    VEC mean = SPLAT(a->alpha) * NAME(load_part)(c, part, 0) + SPLAT(1 - a->alpha) * g;
    NAME(store_part)(c, part, mean);
    // Of equal gradients the variance is 0 and may round to less.
    u = NAME(rectified)(u - mean * mean);
  }
  VEC step = g / (__builtin_elementwise_sqrt(u) + SPLAT(a->epsilon));
  if (m) {
    step = SPLAT(a->momentum) * NAME(load_part)(m, part, 0) + step;
    NAME(store_part)(m, part, step);
  }
  NAME(store_part)(w, part, NAME(load_part)(w, part, 0) - SPLAT(a->rate) * step);
}

static void NAME(rmsprop_step)(int64_t n, float *w, float *v, float *m, float *c, const float *g,
                               int64_t stride, int64_t lanes, const ck_rmsprop *a) {
  for (int64_t i = 0; i < n; i += LANES) {
    const int64_t part = n - i < LANES ? n - i : LANES;
    VEC sum = part == LANES ? NAME(lane_sum)(g + i, stride, lanes)
                            : NAME(part_sum)(g + i, part, stride, lanes);
    NAME(rmsprop_at)(part, w + i, v + i, m ? m + i : m, c ? c + i : c, sum, a);
  }
}

static void NAME(rmsprop_rows)(const ck_groups *groups, int64_t width, float *w, float *v,
                               float *m, float *c, const float *dx, int64_t lddx,
                               const ck_rmsprop *a) {
  for (int64_t u = 0; u < groups->count; u++)
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      const int64_t at = groups->ids[u] * width + j;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(rmsprop_at)(part, w + at, v + at, m ? m + at : m, c ? c + at : c, g, a);
    }
}
#endif
