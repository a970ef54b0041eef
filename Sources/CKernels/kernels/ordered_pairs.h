/// The pairs of a relation: rows that ought to have the larger number, and rows below them.

/// Of `rows` numbers r on one side of a relation and `others` numbers q on its other side, with
/// d = sign·(r[i] − q[j]) and sign 1 where r ought to be larger, −1 where q ought to:
/// slopes[i] += Σ_j v[j]·σ(−d), *loss += Σ_ij u[i]·v[j]·softplus(−d); u and v are what rows count,
/// NULL: 1. A pair counts where i + j + phase is a multiple of `period`, at least 1; loss may be NULL.
KERNEL(ordered_pairs, (int64_t rows, const float *r, const float *u, int64_t others, const float *q,
                       const float *v, float sign, int64_t period, int64_t phase, float *slopes,
                       double *loss),
       (rows, r, u, others, q, v, sign, period, phase, slopes, loss))

#ifdef CK_BODIES
/// Adds LANES pairs of one row; x is −d. From e = e^-|x| nothing overflows.
INLINE void NAME(add_pairs)(VEC x, VEC counts, VEC *slope, VEC *cost, bool costs) {
  VEC e = NAME(exp)(-__builtin_elementwise_abs(x));
  VEC near = SPLAT(1) / (SPLAT(1) + e);
  *slope += counts * NAME(choose)(x >= SPLAT(0), near, e * near);
  if (costs) *cost += counts * (NAME(log1p)(e) + NAME(rectified)(x));
}

/// The others of one row that lie `period` apart from the first one on.
INLINE void NAME(pairs_of_row)(float own, int64_t first, int64_t others, const float *q,
                               const float *v, float sign, int64_t period, VEC *slope, VEC *cost,
                               bool costs) {
  const VEC less = SPLAT(sign * own);
  int64_t j = first;
  for (; period == 1 && j + LANES <= others; j += LANES) {
    VEC counts = v ? LOAD(v + j) : SPLAT(1);
    NAME(add_pairs)(SPLAT(sign) * LOAD(q + j) - less, counts, slope, cost, costs);
  }
  while (j < others) {
    float part[LANES] = {0}, counts[LANES] = {0};
    for (int i = 0; i < LANES && j < others; i++, j += period) {
      part[i] = q[j];
      counts[i] = v ? v[j] : 1;
    }
    NAME(add_pairs)(SPLAT(sign) * LOAD(part) - less, LOAD(counts), slope, cost, costs);
  }
}

static void NAME(ordered_pairs)(int64_t rows, const float *r, const float *u, int64_t others,
                                const float *q, const float *v, float sign, int64_t period,
                                int64_t phase, float *slopes, double *loss) {
  double all = 0;
  for (int64_t i = 0; i < rows; i++) {
    const int64_t first = (period - (i + phase) % period) % period;
    VEC slope = SPLAT(0), cost = SPLAT(0);
    if (loss)
      NAME(pairs_of_row)(r[i], first, others, q, v, sign, period, &slope, &cost, true);
    else
      NAME(pairs_of_row)(r[i], first, others, q, v, sign, period, &slope, &cost, false);
    slopes[i] += NAME(total)(slope);
    all += (double)(u ? u[i] : 1) * NAME(total)(cost);
  }
  if (loss) *loss += all;
}
#endif
