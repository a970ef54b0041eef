/// One step of a gated recurrence whose reset gate works behind the product, for the rows that have an
/// entry there. Gates lie side by side in the order r, z, n.

/// r, z = σ(g + p), n = tanh(g_n + r ∘ p_n), y = (1 − z) ∘ n + z ∘ s, for sums g of the inputs and
/// products p = s·W + b [rows, 3h] and states s [rows, h]. `kept` gets r, z, n and p_n: four matrices
/// [total, h] that follow one another without gaps, each packed as `pack` would, as their rows from
/// `first` on.
KERNEL(gru_gates, (int64_t rows, int64_t h, const float *g, int64_t ldg, const float *p, int64_t ldp,
                   const float *s, int64_t lds, int64_t first, int64_t total, float *kept, float *y,
                   int64_t ldy),
       (rows, h, g, ldg, p, ldp, s, lds, first, total, kept, y, ldy))

/// Back from dy and what the steps behind left in dh, which becomes (dh + dy) ∘ z: dg [rows, 3h] are the
/// gradients of what the gates are functions of, dp those of the products, which differ from dg in n.
/// The four, of r, z, n and p_n, are added up into totals [4h], and lie in `packed` as r, z, n and p_n
/// do in `kept`, which may be the same memory.
KERNEL(gru_slopes, (int64_t rows, int64_t h, const float *kept, int64_t first, int64_t total,
                    const float *s, int64_t lds, const float *dy, int64_t lddy, float *dh,
                    int64_t lddh, float *dg, int64_t lddg, float *dp, int64_t lddp, float *totals,
                    float *packed),
       (rows, h, kept, first, total, s, lds, dy, lddy, dh, lddh, dg, lddg, dp, lddp, totals, packed))

#ifdef CK_BODIES
/// tanh as a quotient of polynomials, as Eigen has it, 1 beyond ±7.9: an absolute and relative error below
/// 3e-7, and a NaN of a NaN. One division and no power of e, of which a step of a recurrence has three.
INLINE VEC NAME(gate_tanh)(VEC x) {
  const VEC most = SPLAT(7.90531110763549805f);
  x = NAME(choose)(x < -most, -most, x);
  x = NAME(choose)(x > most, most, x);
  const VEC s = x * x;
  VEC p = SPLAT(-2.76076847742355e-16f);
  p = p * s + SPLAT(2.00018790482477e-13f);
  p = p * s + SPLAT(-8.60467152213735e-11f);
  p = p * s + SPLAT(5.12229709037114e-08f);
  p = p * s + SPLAT(1.48572235717979e-05f);
  p = p * s + SPLAT(6.37261928875436e-04f);
  p = p * s + SPLAT(4.89352455891786e-03f);
  VEC q = SPLAT(1.19825839466702e-06f);
  q = q * s + SPLAT(1.18534705686654e-04f);
  q = q * s + SPLAT(2.26843463243900e-03f);
  q = q * s + SPLAT(4.89352518554385e-03f);
  return p * x / q;
}

/// σ(x) = ½ + ½·tanh(x/2): an absolute error below 2e-7.
INLINE VEC NAME(gate_sigmoid)(VEC x) {
  return SPLAT(0.5f) + SPLAT(0.5f) * NAME(gate_tanh)(x * SPLAT(0.5f));
}

/// Where a row's vector from column j on lies in a packed matrix [total, h], and how far the next row's.
typedef struct {
  int64_t start, width;
} NAME(packed_place);
INLINE NAME(packed_place) NAME(packed_vector)(int64_t row, int64_t j, int64_t h, int64_t total) {
  const int64_t start = j / PANEL * PANEL, columns = h - start < PANEL ? h - start : PANEL;
  const int64_t width = (columns + LANES - 1) / LANES * LANES;
  return (NAME(packed_place)){start * total + row * width + j - start, width};
}

/// One vector of units of one row, of which `part` are real; `kept` is that of r, `matrix` what is
/// between it and that of z.
INLINE void NAME(gate)(int64_t part, int64_t h, const float *g, const float *p, const float *s,
                       float *kept, int64_t matrix, float *y) {
  const VEC a = NAME(load_part)(g, part, 0) + NAME(load_part)(p, part, 0);
  const VEC b = NAME(load_part)(g + h, part, 0) + NAME(load_part)(p + h, part, 0);
  const VEC q = NAME(load_part)(p + 2 * h, part, 0);
  const VEC r = NAME(gate_sigmoid)(a), z = NAME(gate_sigmoid)(b);
  const VEC n = NAME(gate_tanh)(NAME(load_part)(g + 2 * h, part, 0) + r * q);
  STORE(kept, r);
  STORE(kept + matrix, z);
  STORE(kept + 2 * matrix, n);
  STORE(kept + 3 * matrix, q);
  NAME(store_part)(y, part, (SPLAT(1) - z) * n + z * NAME(load_part)(s, part, 0));
}

static void NAME(gru_gates)(int64_t rows, int64_t h, const float *g, int64_t ldg, const float *p,
                            int64_t ldp, const float *s, int64_t lds, int64_t first, int64_t total,
                            float *kept, float *y, int64_t ldy) {
  const int64_t matrix = (h + LANES - 1) / LANES * LANES * total;
  for (int64_t i = 0; i < rows; i++, g += ldg, p += ldp, s += lds, y += ldy) {
    for (int64_t j = 0; j < h; j += LANES) {
      const NAME(packed_place) place = NAME(packed_vector)(first + i, j, h, total);
      float *const to = kept + place.start;
      // Lines of the next rows are sent for now: its y may lie a whole text away, where no prefetcher
      // looks, and whoever read those of `kept` last has pushed them far away.
      for (int k = 0; k < 3; k++) __builtin_prefetch(g + ldg + k * h + j, 0);
      for (int k = 0; k < 4; k++) __builtin_prefetch(to + 2 * place.width + k * matrix, 1);
      __builtin_prefetch(y + ldy + j, 1);
      // A whole vector is said as a constant, so that loads of parts fall away.
      if (h - j >= LANES) NAME(gate)(LANES, h, g + j, p + j, s + j, to, matrix, y + j);
      else NAME(gate)(h - j, h, g + j, p + j, s + j, to, matrix, y + j);
    }
  }
}

/// Where a step's gradients of one vector of units of a row go, and what they are made of.
typedef struct {
  const float *kept, *s, *dy;
  float *dh, *dg, *dp, *totals, *packed;
  /// Floats between the four matrices.
  int64_t matrix;
} NAME(slopes);

INLINE void NAME(slope)(const NAME(slopes) *w, int64_t part, int64_t h) {
  const VEC r = LOAD(w->kept), z = LOAD(w->kept + w->matrix);
  const VEC n = LOAD(w->kept + 2 * w->matrix), q = LOAD(w->kept + 3 * w->matrix);
  const VEC d = NAME(load_part)(w->dh, part, 0) + NAME(load_part)(w->dy, part, 0);
  const VEC dn = d * (SPLAT(1) - z) * (SPLAT(1) - n * n);
  const VEC dz = d * (NAME(load_part)(w->s, part, 0) - n) * z * (SPLAT(1) - z);
  const VEC dr = dn * q * r * (SPLAT(1) - r);
  const VEC all[4] = {dr, dz, dn, dn * r};
  NAME(store_part)(w->dh, part, d * z);
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) {
    float *const sum = w->totals + k * h;
    STORE(w->packed + k * w->matrix, all[k]);
    NAME(store_part)(sum, part, NAME(load_part)(sum, part, 0) + all[k]);
    if (k < 3) NAME(store_part)(w->dg + k * h, part, all[k]);
    if (k != 2) NAME(store_part)(w->dp + (k < 2 ? k : 2) * h, part, all[k]);
  }
}

static void NAME(gru_slopes)(int64_t rows, int64_t h, const float *kept, int64_t first,
                             int64_t total, const float *s, int64_t lds, const float *dy,
                             int64_t lddy, float *dh, int64_t lddh, float *dg, int64_t lddg,
                             float *dp, int64_t lddp, float *totals, float *packed) {
  const int64_t matrix = (h + LANES - 1) / LANES * LANES * total;
  for (int64_t i = 0; i < rows; i++, s += lds, dy += lddy, dh += lddh, dg += lddg, dp += lddp) {
    for (int64_t j = 0; j < h; j += LANES) {
      const NAME(packed_place) place = NAME(packed_vector)(first + i, j, h, total);
      for (int k = 0; k < 4; k++)
        __builtin_prefetch(packed + place.start + 2 * place.width + k * matrix, 1);
      __builtin_prefetch(dy + lddy + j, 0);
      __builtin_prefetch(s + lds + j, 0);
      const NAME(slopes) w = {kept + place.start, s + j,  dy + j,     dh + j,
                              dg + j,             dp + j, totals + j, packed + place.start,
                              matrix};
      if (h - j >= LANES) NAME(slope)(&w, LANES, h);
      else NAME(slope)(&w, h - j, h);
    }
  }
}
#endif
