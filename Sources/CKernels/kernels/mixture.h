/// The mixture of experts: each row weighs its experts' outputs.

/// out[r,h] (+)= Σ_e g[r,e]·f[r, e·width + h].
KERNEL(mixture, (int64_t rows, int64_t experts, int64_t width, const float *g, int64_t ldg,
                 const float *f, int64_t ldf, float *out, int64_t ldo, int accumulate),
       (rows, experts, width, g, ldg, f, ldf, out, ldo, accumulate))

/// dg[r,e] (+)= ⟨dout[r], f[r,e]⟩; df[r,e] (+)= g[r,e]·dout[r]. Either may be NULL.
KERNEL(mixture_backward, (int64_t rows, int64_t experts, int64_t width, const float *g,
                          int64_t ldg, const float *f, int64_t ldf, const float *dout,
                          int64_t lddo, float *dg, int64_t lddg, int accumulate_g, float *df,
                          int64_t lddf, int accumulate_f),
       (rows, experts, width, g, ldg, f, ldf, dout, lddo, dg, lddg, accumulate_g, df, lddf,
        accumulate_f))

#ifdef CK_BODIES
static void NAME(mixture)(int64_t rows, int64_t experts, int64_t width, const float *g,
                          int64_t ldg, const float *f, int64_t ldf, float *out, int64_t ldo,
                          int accumulate) {
  for (int64_t r = 0; r < rows; r++) {
    const float *w = g + r * ldg, *x = f + r * ldf;
    float *y = out + r * ldo;
    int64_t h = 0;
    for (; h + LANES <= width; h += LANES) {
      VEC s = accumulate ? LOAD(y + h) : SPLAT(0);
      for (int64_t e = 0; e < experts; e++) s += SPLAT(w[e]) * LOAD(x + e * width + h);
      STORE(y + h, s);
    }
    for (; h < width; h++) {
      float s = accumulate ? y[h] : 0;
      for (int64_t e = 0; e < experts; e++) s += w[e] * x[e * width + h];
      y[h] = s;
    }
  }
}

static void NAME(mixture_backward)(int64_t rows, int64_t experts, int64_t width, const float *g,
                                   int64_t ldg, const float *f, int64_t ldf, const float *dout,
                                   int64_t lddo, float *dg, int64_t lddg, int accumulate_g,
                                   float *df, int64_t lddf, int accumulate_f) {
  for (int64_t r = 0; r < rows; r++) {
    const float *w = g + r * ldg, *d = dout + r * lddo;
    for (int64_t e = 0; e < experts; e++) {
      const float *x = f + r * ldf + e * width;
      float *dx = df ? df + r * lddf + e * width : 0;
      VEC s = SPLAT(0), weight = SPLAT(w[e]);
      float rest = 0;
      int64_t h = 0;
      for (; h + LANES <= width; h += LANES) {
        VEC u = LOAD(d + h);
        s += u * LOAD(x + h);
        if (dx) STORE(dx + h, accumulate_f ? LOAD(dx + h) + weight * u : weight * u);
      }
      for (; h < width; h++) {
        rest += d[h] * x[h];
        if (dx) dx[h] = accumulate_f ? dx[h] + w[e] * d[h] : w[e] * d[h];
      }
      if (dg) {
        float *to = dg + r * lddg + e;
        const float dot = NAME(total)(s) + rest;
        *to = accumulate_g ? *to + dot : dot;
      }
    }
  }
}
#endif
