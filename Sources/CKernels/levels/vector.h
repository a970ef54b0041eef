/// The vectors of one CPU level and what several kernels do with them.

typedef float NAME(vec) __attribute__((vector_size(LANES * 4)));
typedef float NAME(vecu) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t NAME(mask) __attribute__((vector_size(LANES * 4)));
#define VEC NAME(vec)
#define LOAD(p) ((VEC) * (const NAME(vecu) *)(p))
#define STORE(p, x) (*(NAME(vecu) *)(p) = (x))
#define SPLAT(x) ((float)(x) - (VEC){0})  // x − 0 is x for every x, so this is a plain broadcast
#define INLINE static inline __attribute__((always_inline))

/// max(x, 0) that hands a NaN on, where a maximum would take the 0 and hide it.
INLINE VEC NAME(rectified)(VEC x) {
  NAME(mask) below = x < SPLAT(0), bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits &= ~below;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

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
  if (n >= LANES) return LOAD(p);
  float whole[LANES];
  for (int i = 0; i < LANES; i++) whole[i] = i < n ? p[i] : rest;
  return LOAD(whole);
}
INLINE void NAME(store_part)(float *p, int64_t n, VEC x) {
  if (n >= LANES) {
    STORE(p, x);
    return;
  }
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

/// Σ of the lanes, in their order.
INLINE float NAME(across)(VEC x) {
  float s = 0;
  for (int i = 0; i < LANES; i++) s += x[i];
  return s;
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

/// Σ of a number's gradients over the lanes of a step.
INLINE VEC NAME(lane_sum)(const float *g, int64_t stride, int64_t lanes) {
  VEC s = LOAD(g);
  for (int64_t l = 1; l < lanes; l++) s += LOAD(g + l * stride);
  return s;
}

/// Σ of dx over a group's rows, for the part of the row that starts at j.
INLINE VEC NAME(group_sum)(const ck_groups *groups, int64_t u, int64_t part, const float *dx,
                           int64_t lddx, int64_t j) {
  VEC s = SPLAT(0);
  for (int32_t k = groups->starts[u]; k < groups->starts[u + 1]; k++) {
    const float *row = dx + groups->rows[k] * lddx + j;
    s += part == LANES ? LOAD(row) : NAME(load_part)(row, part, 0);
  }
  return s;
}
