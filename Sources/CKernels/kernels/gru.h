/// One step of a gated recurrence whose reset gate works behind the product, for the rows that have an
/// entry there. Gates lie side by side in the order r, z, n.

/// r, z = σ(g + p), n = tanh(g_n + r ∘ p_n), y = (1 − z) ∘ n + z ∘ s, for sums g of the inputs and
/// products p = s·W + b [rows, 3h] and states s [rows, h]; kept [rows, 4h] gets r, z, n and p_n.
KERNEL(gru_gates, (int64_t rows, int64_t h, const float *g, int64_t ldg, const float *p, int64_t ldp,
                   const float *s, int64_t lds, float *kept, int64_t ldk, float *y, int64_t ldy),
       (rows, h, g, ldg, p, ldp, s, lds, kept, ldk, y, ldy))

/// Back from dy and what the steps behind left in dh, which becomes (dh + dy) ∘ z: dg (+)= the
/// gradients of what the gates are functions of, unless dg is NULL; dp those of the products.
KERNEL(gru_slopes, (int64_t rows, int64_t h, const float *kept, int64_t ldk, const float *s,
                    int64_t lds, const float *dy, int64_t lddy, float *dh, int64_t lddh, float *dg,
                    int64_t lddg, int accumulate, float *dp, int64_t lddp),
       (rows, h, kept, ldk, s, lds, dy, lddy, dh, lddh, dg, lddg, accumulate, dp, lddp))

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

static void NAME(gru_gates)(int64_t rows, int64_t h, const float *g, int64_t ldg, const float *p,
                            int64_t ldp, const float *s, int64_t lds, float *kept, int64_t ldk,
                            float *y, int64_t ldy) {
  for (int64_t i = 0; i < rows; i++, g += ldg, p += ldp, s += lds, kept += ldk, y += ldy) {
    for (int64_t j = 0; j < h; j += LANES) {
      const int64_t part = h - j < LANES ? h - j : LANES;
      const VEC a = NAME(load_part)(g + j, part, 0) + NAME(load_part)(p + j, part, 0);
      const VEC b = NAME(load_part)(g + h + j, part, 0) + NAME(load_part)(p + h + j, part, 0);
      // Lines of the next row are sent for now: its y may lie a whole text away, where no prefetcher looks.
      for (int k = 0; k < 3; k++) __builtin_prefetch(g + ldg + k * h + j, 0);
      for (int k = 0; k < 4; k++) __builtin_prefetch(kept + ldk + k * h + j, 1);
      __builtin_prefetch(y + ldy + j, 1);
      const VEC q = NAME(load_part)(p + 2 * h + j, part, 0);
      const VEC r = NAME(gate_sigmoid)(a), z = NAME(gate_sigmoid)(b);
      const VEC n = NAME(gate_tanh)(NAME(load_part)(g + 2 * h + j, part, 0) + r * q);
      NAME(store_part)(kept + j, part, r);
      NAME(store_part)(kept + h + j, part, z);
      NAME(store_part)(kept + 2 * h + j, part, n);
      NAME(store_part)(kept + 3 * h + j, part, q);
      NAME(store_part)(y + j, part, (SPLAT(1) - z) * n + z * NAME(load_part)(s + j, part, 0));
    }
  }
}

/// out (+)= x for a part of a row.
INLINE void NAME(hand_on)(float *out, int64_t part, VEC x, int accumulate) {
  NAME(store_part)(out, part, accumulate ? NAME(load_part)(out, part, 0) + x : x);
}

static void NAME(gru_slopes)(int64_t rows, int64_t h, const float *kept, int64_t ldk, const float *s,
                             int64_t lds, const float *dy, int64_t lddy, float *dh, int64_t lddh,
                             float *dg, int64_t lddg, int accumulate, float *dp, int64_t lddp) {
  for (int64_t i = 0; i < rows; i++, kept += ldk, s += lds, dy += lddy, dh += lddh, dp += lddp) {
    for (int64_t j = 0; j < h; j += LANES) {
      const int64_t part = h - j < LANES ? h - j : LANES;
      const VEC r = NAME(load_part)(kept + j, part, 0), z = NAME(load_part)(kept + h + j, part, 0);
      const VEC n = NAME(load_part)(kept + 2 * h + j, part, 0);
      const VEC q = NAME(load_part)(kept + 3 * h + j, part, 0);
      const VEC d = NAME(load_part)(dh + j, part, 0) + NAME(load_part)(dy + j, part, 0);
      for (int k = 0; dg && k < 3; k++) __builtin_prefetch(dg + lddg + k * h + j, 1);
      __builtin_prefetch(dy + lddy + j, 0);
      const VEC dn = d * (SPLAT(1) - z) * (SPLAT(1) - n * n);
      const VEC dz = d * (NAME(load_part)(s + j, part, 0) - n) * z * (SPLAT(1) - z);
      const VEC dr = dn * q * r * (SPLAT(1) - r);
      NAME(store_part)(dh + j, part, d * z);
      NAME(store_part)(dp + j, part, dr);
      NAME(store_part)(dp + h + j, part, dz);
      NAME(store_part)(dp + 2 * h + j, part, dn * r);
      if (!dg) continue;
      NAME(hand_on)(dg + j, part, dr, accumulate);
      NAME(hand_on)(dg + h + j, part, dz, accumulate);
      NAME(hand_on)(dg + 2 * h + j, part, dn, accumulate);
    }
    if (dg) dg += lddg;
  }
}
#endif
