/// The cross-entropy of one-number answers.

/// Cross-entropy from the logit, softplus(z) − y·z, over rows chosen by `index` (NULL: 0, 1, …);
/// labels and spaces are read at [index·stride]; dz[r] = scale·δ·(σ(z) − y). δ is 0 outside the
/// space, inside what the row counts, which its loss is multiplied by. spaces and dz may be NULL. Adds to `sums`.
KERNEL(cross_entropy, (int64_t rows, const float *z, int64_t ldz, const float *labels,
                       const float *spaces, int64_t stride, const int32_t *index, float scale,
                       float *dz, int64_t lddz, ck_loss_sums *sums),
       (rows, z, ldz, labels, spaces, stride, index, scale, dz, lddz, sums))

#ifdef CK_BODIES
/// Loss, prediction p and slope p − y of LANES rows. From e = e^-|x| nothing overflows, and with
/// y = 1 the slope is −1/(1 + e^x) without the difference p − 1, which would lose a small one.
INLINE void NAME(cross_entropies)(VEC x, VEC y, float *loss, float *prediction, float *slope) {
  VEC e = NAME(exp)(-__builtin_elementwise_abs(x));
  VEC near = SPLAT(1) / (SPLAT(1) + e), far = e / (SPLAT(1) + e);
  NAME(mask) rises = x >= SPLAT(0);
  VEC p = NAME(choose)(rises, near, far);
  STORE(loss, NAME(log1p)(e) + (NAME(rectified)(x) - y * x));
  STORE(prediction, p);
  STORE(slope, NAME(choose)(y == SPLAT(1), NAME(choose)(rises, -far, -near), p - y));
}

/// The rows of memory lie apart, so LANES of them are gathered, computed and put back; what is
/// outside its space counts as nothing, whatever it holds.
static void NAME(cross_entropy)(int64_t rows, const float *z, int64_t ldz, const float *labels,
                                const float *spaces, int64_t stride, const int32_t *index,
                                float scale, float *dz, int64_t lddz, ck_loss_sums *sums) {
  ck_loss_sums all = *sums;  // in registers: through the pointer every row would wait for memory
  for (int64_t r = 0; r < rows; r += LANES) {
    const int64_t part = rows - r < LANES ? rows - r : LANES;
    float x[LANES] = {0}, y[LANES] = {0}, loss[LANES], prediction[LANES], slope[LANES];
    float inside[LANES];
    for (int64_t i = 0; i < part; i++) {
      const int64_t at = (index ? index[r + i] : r + i) * stride;
      x[i] = z[(r + i) * ldz];
      y[i] = labels[at];
      inside[i] = spaces ? spaces[at] : 1;
    }
    NAME(cross_entropies)(LOAD(x), LOAD(y), loss, prediction, slope);
    for (int64_t i = 0; i < part; i++) {
      if (dz) dz[(r + i) * lddz] = inside[i] != 0 ? scale * slope[i] * inside[i] : 0;
      if (inside[i] == 0) continue;
      all.loss += (double)loss[i] * inside[i];
      all.predictions += prediction[i];
      all.labels += y[i];
      all.rows += 1;
    }
  }
  *sums = all;
}
#endif
