/// Adagrad whose numbers never fall below 0, and which leaves alone what has no gradient: on dense
/// numbers and on the rows of a table that a batch touched.

/// Where g ≠ 0: h = g + penalty·w, sums += ε + h², w ← max(w − rate·h / √sums, 0). Where g = 0:
/// sums += resting, and w stays.
///
/// The gradient g is the sum of `lanes` rows at distance `stride`.
KERNEL(projected_adagrad_step,
       (int64_t n, float *w, float *sums, const float *g, int64_t stride, int64_t lanes,
        const ck_projected_adagrad *a),
       (n, w, sums, g, stride, lanes, a))

/// The same on the rows of a group, of which each first gets `resting` for every step since its last.
///
/// last[row] is the step in which a row was touched last, 0 for none, and becomes a->step; it may be
/// NULL: nothing is made up for then.
KERNEL(projected_adagrad_rows,
       (const ck_groups *groups, int64_t width, float *w, float *sums, int32_t *last,
        const float *dx, int64_t lddx, const ck_projected_adagrad *a),
       (groups, width, w, sums, last, dx, lddx, a))

#ifdef CK_BODIES
INLINE void NAME(projected_adagrad_at)(int64_t part, float *w, float *sums, VEC g, float missed,
                                       const ck_projected_adagrad *a) {
  g = g * SPLAT(a->scale);
  NAME(mask) rests = g == SPLAT(0);
  VEC old = NAME(load_part)(w, part, 0);
  VEC sum = NAME(load_part)(sums, part, 0) + SPLAT(missed);
  VEC h = g + SPLAT(a->penalty) * old;
  VEC moved = sum + (SPLAT(a->epsilon) + h * h);
  VEC to = old - SPLAT(a->rate) * h / __builtin_elementwise_sqrt(moved);
  // What a rate of 0 holds stays where it is, below 0 too.
  if (a->rate != 0) to = NAME(rectified)(to);
  NAME(store_part)(sums, part, NAME(choose)(rests, sum + SPLAT(a->resting), moved));
  NAME(store_part)(w, part, NAME(choose)(rests, old, to));
}

static void NAME(projected_adagrad_step)(int64_t n, float *w, float *sums, const float *g,
                                         int64_t stride, int64_t lanes,
                                         const ck_projected_adagrad *a) {
  for (int64_t i = 0; i < n; i += LANES) {
    const int64_t part = n - i < LANES ? n - i : LANES;
    VEC sum = part == LANES ? NAME(lane_sum)(g + i, stride, lanes)
                            : NAME(part_sum)(g + i, part, stride, lanes);
    NAME(projected_adagrad_at)(part, w + i, sums + i, sum, 0, a);
  }
}

static void NAME(projected_adagrad_rows)(const ck_groups *groups, int64_t width, float *w,
                                         float *sums, int32_t *last, const float *dx,
                                         int64_t lddx, const ck_projected_adagrad *a) {
  for (int64_t u = 0; u < groups->count; u++) {
    const int64_t row = groups->ids[u];
    float missed = 0;
    if (last) {
      missed = a->resting * (float)(a->step - last[row] - 1);
      last[row] = a->step;
    }
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      const int64_t at = row * width + j;
      VEC g = NAME(group_sum)(groups, u, part, dx, lddx, j);
      NAME(projected_adagrad_at)(part, w + at, sums + at, g, missed, a);
    }
  }
}
#endif
