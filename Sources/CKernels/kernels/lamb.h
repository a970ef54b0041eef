/// LAMB, in two passes over a layer: the first moves its moments and measures, the second moves its
/// numbers by what was measured.
///
///     m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g²
///     r = first·m / (√v·root + ε) + λ·w
///     w −= rate·r,  where the rate has ‖w‖ / ‖r‖ in it

/// The moments of n numbers; Σw² and Σr² are added to norms[0] and norms[1]. The gradient is the sum of
/// `lanes` rows at distance `stride`.
KERNEL(lamb_moments, (int64_t n, const float *w, float *m, float *v, const float *g,
                      int64_t stride, int64_t lanes, const ck_lamb *a, double *norms),
       (n, w, m, v, g, stride, lanes, a, norms))

/// The moments of the rows of a group; those of other rows are left alone and are not measured.
KERNEL(lamb_moment_rows, (const ck_groups *groups, int64_t width, const float *w, float *m,
                          float *v, const float *dx, int64_t lddx, const ck_lamb *a,
                          double *norms),
       (groups, width, w, m, v, dx, lddx, a, norms))

/// Moves n numbers.
KERNEL(lamb_step, (int64_t n, float *w, const float *m, const float *v, const ck_lamb *a),
       (n, w, m, v, a))

/// Moves the rows of a group.
KERNEL(lamb_rows, (const ck_groups *groups, int64_t width, float *w, const float *m,
                   const float *v, const ck_lamb *a),
       (groups, width, w, m, v, a))

#ifdef CK_BODIES
INLINE VEC NAME(lamb_change)(VEC w, VEC m, VEC v, const ck_lamb *a) {
  VEC root = __builtin_elementwise_sqrt(v) * SPLAT(a->root) + SPLAT(a->epsilon);
  return SPLAT(a->first) * m / root + SPLAT(a->decay) * w;
}

/// Moves the moments of a part of a row and adds w² and r² to the sums.
INLINE void NAME(lamb_measure)(int64_t part, const float *w, float *m, float *v, VEC g,
                               const ck_lamb *a, VEC *ww, VEC *rr) {
  g = g * SPLAT(a->scale);
  VEC x = NAME(load_part)(w, part, 0);
  VEC mm = SPLAT(a->beta1) * NAME(load_part)(m, part, 0) + SPLAT(1 - a->beta1) * g;
  VEC vv = SPLAT(a->beta2) * NAME(load_part)(v, part, 0) + SPLAT(1 - a->beta2) * g * g;
  NAME(store_part)(m, part, mm);
  NAME(store_part)(v, part, vv);
  VEC r = NAME(lamb_change)(x, mm, vv, a);
  *ww += x * x;
  *rr += r * r;
}

/// Vectors that are summed in single precision before they join the sum in double.
enum { NAME(lamb_block) = 64 };

static void NAME(lamb_moments)(int64_t n, const float *w, float *m, float *v, const float *g,
                               int64_t stride, int64_t lanes, const ck_lamb *a, double *norms) {
  for (int64_t start = 0; start < n; start += NAME(lamb_block) * LANES) {
    const int64_t end =
        n - start < NAME(lamb_block) * LANES ? n : start + NAME(lamb_block) * LANES;
    VEC ww = SPLAT(0), rr = SPLAT(0);
    for (int64_t i = start; i < end; i += LANES) {
      const int64_t part = end - i < LANES ? end - i : LANES;
      VEC sum = part == LANES ? NAME(lane_sum)(g + i, stride, lanes)
                              : NAME(part_sum)(g + i, part, stride, lanes);
      NAME(lamb_measure)(part, w + i, m + i, v + i, sum, a, &ww, &rr);
    }
    norms[0] += NAME(total)(ww);
    norms[1] += NAME(total)(rr);
  }
}

static void NAME(lamb_moment_rows)(const ck_groups *groups, int64_t width, const float *w,
                                   float *m, float *v, const float *dx, int64_t lddx,
                                   const ck_lamb *a, double *norms) {
  for (int64_t u = 0; u < groups->count; u++) {
    const int64_t at = groups->ids[u] * width;
    VEC ww = SPLAT(0), rr = SPLAT(0);
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(lamb_measure)(part, w + at + j, m + at + j, v + at + j, g, a, &ww, &rr);
    }
    norms[0] += NAME(total)(ww);
    norms[1] += NAME(total)(rr);
  }
}

static void NAME(lamb_step)(int64_t n, float *w, const float *m, const float *v,
                            const ck_lamb *a) {
  for (int64_t i = 0; i < n; i += LANES) {
    const int64_t part = n - i < LANES ? n - i : LANES;
    VEC x = NAME(load_part)(w + i, part, 0);
    VEC r = NAME(lamb_change)(x, NAME(load_part)(m + i, part, 0), NAME(load_part)(v + i, part, 0),
                              a);
    NAME(store_part)(w + i, part, x - SPLAT(a->rate) * r);
  }
}

static void NAME(lamb_rows)(const ck_groups *groups, int64_t width, float *w, const float *m,
                            const float *v, const ck_lamb *a) {
  for (int64_t u = 0; u < groups->count; u++) {
    const int64_t at = groups->ids[u] * width;
    NAME(lamb_step)(width, w + at, m + at, v + at, a);
  }
}
#endif
