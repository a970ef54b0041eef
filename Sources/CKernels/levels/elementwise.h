/// The passes over rows of numbers of one CPU level: masks, softmax, mixture, losses.

/// e^x by 2^n·e^r, |r| ≤ ln 2 / 2, a polynomial of degree 6: relative error below 2e-7;
/// 0 below −87, and NaN of a NaN.
INLINE VEC NAME(exp)(VEC x) {
  NAME(mask) unknown = x != x;
  x = __builtin_elementwise_min(x, SPLAT(88.3762626647949f));
  VEC low = x;
  x = __builtin_elementwise_max(x, SPLAT(-87.3365478515625f));
  VEC n = __builtin_elementwise_floor(x * SPLAT(1.44269504088896341f) + SPLAT(0.5f));
  VEC r = x - n * SPLAT(0.693359375f);
  r = r - n * SPLAT(-2.12194440e-4f);
  VEC p = SPLAT(1.9875691500e-4f);
  p = p * r + SPLAT(1.3981999507e-3f);
  p = p * r + SPLAT(8.3334519073e-3f);
  p = p * r + SPLAT(4.1665795894e-2f);
  p = p * r + SPLAT(1.6666665459e-1f);
  p = p * r + SPLAT(5.0000001201e-1f);
  p = p * r * r + r + SPLAT(1);
  NAME(mask) power = (__builtin_convertvector(n, NAME(mask)) + 127) << 23;
  VEC scale;
  __builtin_memcpy(&scale, &power, sizeof scale);
  VEC y = p * scale;
  NAME(mask) tiny = low < SPLAT(-87.3365478515625f);
  NAME(mask) bits;
  __builtin_memcpy(&bits, &y, sizeof bits);
  bits = (bits & ~tiny) | unknown;  // all bits set: a NaN
  __builtin_memcpy(&y, &bits, sizeof y);
  return y;
}

/// Part of a row as a vector; missing lanes hold `rest`.
INLINE VEC NAME(load_part)(const float *p, int64_t n, float rest) {
  float whole[LANES];
  for (int i = 0; i < LANES; i++) whole[i] = i < n ? p[i] : rest;
  return LOAD(whole);
}
INLINE void NAME(store_part)(float *p, int64_t n, VEC x) {
  float whole[LANES];
  STORE(whole, x);
  for (int64_t i = 0; i < n; i++) p[i] = whole[i];
}

/// Where y > 0, x; else 0.
INLINE VEC NAME(where_positive)(VEC y, VEC x) {
  NAME(mask) keep = y > SPLAT(0);
  NAME(mask) bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits &= keep;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

static void NAME(mask_and_sum)(int64_t rows, int64_t n, float *dy, int64_t lddy, const float *y,
                               int64_t ldy, float *sums, int accumulate) {
  int64_t j = 0;
  for (; j + LANES <= n; j += LANES) {
    VEC s = sums && accumulate ? LOAD(sums + j) : SPLAT(0);
    for (int64_t r = 0; r < rows; r++) {
      VEC d = LOAD(dy + r * lddy + j);
      if (y) {
        d = NAME(where_positive)(LOAD(y + r * ldy + j), d);
        STORE(dy + r * lddy + j, d);
      }
      s += d;
    }
    if (sums) STORE(sums + j, s);
  }
  for (; j < n; j++) {
    float s = sums && accumulate ? sums[j] : 0;
    for (int64_t r = 0; r < rows; r++) {
      if (y && !(y[r * ldy + j] > 0)) dy[r * lddy + j] = 0;
      s += dy[r * lddy + j];
    }
    if (sums) sums[j] = s;
  }
}

static void NAME(softmax)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                          int64_t ldy) {
  for (int64_t r = 0; r < rows; r++) {
    const float *in = x + r * ldx;
    float *out = y + r * ldy;
    float top = in[0];
    for (int64_t j = 1; j < n; j++) top = in[j] > top ? in[j] : top;
    float sum = 0;
    for (int64_t j = 0; j < n; j += LANES) {
      const int64_t part = n - j < LANES ? n - j : LANES;
      VEC e = NAME(exp)(NAME(load_part)(in + j, part, -1e30f) - SPLAT(top));
      NAME(store_part)(out + j, part, e);
    }
    for (int64_t j = 0; j < n; j++) sum += out[j];
    const float inverse = 1 / sum;
    for (int64_t j = 0; j < n; j++) out[j] *= inverse;
  }
}

static void NAME(softmax_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                   const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                   int accumulate) {
  for (int64_t r = 0; r < rows; r++) {
    const float *p = y + r * ldy, *d = dy + r * lddy;
    float *out = dx + r * lddx, dot = 0;
    for (int64_t j = 0; j < n; j++) dot += p[j] * d[j];
    for (int64_t j = 0; j < n; j++) {
      const float g = p[j] * (d[j] - dot);
      out[j] = accumulate ? out[j] + g : g;
    }
  }
}

static void NAME(mixture)(int64_t rows, int64_t experts, int64_t width, const float *g,
                          int64_t ldg, const float *f, int64_t ldf, float *out, int64_t ldo) {
  for (int64_t r = 0; r < rows; r++) {
    const float *w = g + r * ldg, *x = f + r * ldf;
    float *y = out + r * ldo;
    int64_t h = 0;
    for (; h + LANES <= width; h += LANES) {
      VEC s = SPLAT(0);
      for (int64_t e = 0; e < experts; e++) s += SPLAT(w[e]) * LOAD(x + e * width + h);
      STORE(y + h, s);
    }
    for (; h < width; h++) {
      float s = 0;
      for (int64_t e = 0; e < experts; e++) s += w[e] * x[e * width + h];
      y[h] = s;
    }
  }
}

INLINE float NAME(sum_lanes)(VEC x) {
  float s = 0;
  for (int i = 0; i < LANES; i++) s += x[i];
  return s;
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
        const float dot = NAME(sum_lanes)(s) + rest;
        *to = accumulate_g ? *to + dot : dot;
      }
    }
  }
}

/// Runs `body` over every vector of a row, the last one perhaps a part: x (and u, v) are loaded,
/// `out` is stored; body is an expression of x, u.
#define OVER_ROWS(rows, n, out, ldo, x_, ldx, u_, ldu, body)                                     \
  for (int64_t r = 0; r < rows; r++) {                                                            \
    const float *xr = (x_) + r * (ldx), *ur = (u_) + r * (ldu);                                   \
    float *to = (out) + r * (ldo);                                                                \
    int64_t j = 0;                                                                                \
    for (; j + LANES <= n; j += LANES) {                                                          \
      VEC x = LOAD(xr + j), u = LOAD(ur + j), old = LOAD(to + j);                                 \
      (void)u, (void)old;                                                                         \
      STORE(to + j, body);                                                                        \
    }                                                                                             \
    if (j < n) {                                                                                  \
      const int64_t part = n - j;                                                                 \
      VEC x = NAME(load_part)(xr + j, part, 0), u = NAME(load_part)(ur + j, part, 0);             \
      VEC old = NAME(load_part)(to + j, part, 0);                                                 \
      (void)u, (void)old;                                                                         \
      NAME(store_part)(to + j, part, body);                                                       \
    }                                                                                             \
  }

static void NAME(relu)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                       int64_t ldy) {
  OVER_ROWS(rows, n, y, ldy, x, ldx, x, ldx, NAME(rectified)(x))
}

static void NAME(relu_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                int accumulate) {
  if (accumulate) {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, old + NAME(where_positive)(x, u))
  } else {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, NAME(where_positive)(x, u))
  }
}

static void NAME(sigmoid)(int64_t rows, int64_t n, const float *x, int64_t ldx, float *y,
                          int64_t ldy) {
  OVER_ROWS(rows, n, y, ldy, x, ldx, x, ldx, SPLAT(1) / (SPLAT(1) + NAME(exp)(-x)))
}

static void NAME(sigmoid_backward)(int64_t rows, int64_t n, const float *y, int64_t ldy,
                                   const float *dy, int64_t lddy, float *dx, int64_t lddx,
                                   int accumulate) {
  if (accumulate) {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, old + u * x * (SPLAT(1) - x))
  } else {
    OVER_ROWS(rows, n, dx, lddx, y, ldy, dy, lddy, u * x * (SPLAT(1) - x))
  }
}
