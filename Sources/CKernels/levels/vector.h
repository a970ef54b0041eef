/// What the kernels of one CPU level are written in: a vector of LANES floats and its functions.

typedef float NAME(vec) __attribute__((vector_size(LANES * 4)));
typedef float NAME(vecu) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t NAME(mask) __attribute__((vector_size(LANES * 4)));
#define VEC NAME(vec)
#define LOAD(p) ((VEC) * (const NAME(vecu) *)(p))
#define STORE(p, x) (*(NAME(vecu) *)(p) = (x))
#define SPLAT(x) ((float)(x) - (VEC){0})  // x − 0 is x for every x, so this is a plain broadcast
#define INLINE static inline __attribute__((always_inline))

/// Four floats, at every level.
typedef float NAME(four) __attribute__((vector_size(16)));
typedef float NAME(fouru) __attribute__((vector_size(16), aligned(4), may_alias));
INLINE NAME(four) NAME(load_four)(const float *p) { return *(const NAME(fouru) *)p; }
INLINE void NAME(store_four)(float *p, NAME(four) x) { *(NAME(fouru) *)p = x; }

/// max(x, 0) that hands a NaN on, where a maximum would take the 0 and hide it.
INLINE VEC NAME(rectified)(VEC x) {
  NAME(mask) below = x < SPLAT(0), bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits &= ~below;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
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

/// Where all bits of `first` are set, a; else b.
INLINE VEC NAME(choose)(NAME(mask) first, VEC a, VEC b) {
  NAME(mask) x, y;
  __builtin_memcpy(&x, &a, sizeof x);
  __builtin_memcpy(&y, &b, sizeof y);
  x = (x & first) | (y & ~first);
  __builtin_memcpy(&a, &x, sizeof a);
  return a;
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

/// log(1 + e) for 0 ≤ e ≤ 1, as 2·atanh(s) with s = e / (2 + e): a series in s² ≤ 1/9, fitted to
/// it with a relative error below 1e-8; 3e-7 with rounding, also of a tiny e.
INLINE VEC NAME(log1p)(VEC e) {
  VEC s = e / (SPLAT(2) + e), t = s * s;
  VEC p = SPLAT(0.1400599331f);
  p = p * t + SPLAT(0.1400090307f);
  p = p * t + SPLAT(0.2001076341f);
  p = p * t + SPLAT(0.3333320916f);
  p = p * t + SPLAT(1);
  return (s + s) * p;
}

/// Part of a row as a vector; missing lanes hold `rest`.
INLINE VEC NAME(load_part)(const float *p, int64_t n, float rest) {
  if (n >= LANES) return LOAD(p);
#if LANES == 16
  return (VEC)_mm512_mask_loadu_ps((__m512)SPLAT(rest), (__mmask16)((1u << n) - 1), p);
#else
  float whole[LANES];
  for (int i = 0; i < LANES; i++) whole[i] = i < n ? p[i] : rest;
  return LOAD(whole);
#endif
}

/// The first `n` lanes, to memory.
INLINE void NAME(store_part)(float *p, int64_t n, VEC x) {
  if (n >= LANES) {
    STORE(p, x);
    return;
  }
#if LANES == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
#else
  float whole[LANES];
  STORE(whole, x);
  for (int64_t i = 0; i < n; i++) p[i] = whole[i];
#endif
}

/// The sum of the lanes, from the first on.
INLINE float NAME(total)(VEC x) {
  float s = 0;
  for (int i = 0; i < LANES; i++) s += x[i];
  return s;
}

/// Σ over `lanes` rows of g at distance `stride`, for the columns of one vector.
INLINE VEC NAME(lane_sum)(const float *g, int64_t stride, int64_t lanes) {
  VEC s = LOAD(g);
  for (int64_t l = 1; l < lanes; l++) s += LOAD(g + l * stride);
  return s;
}

/// The same for the first `part` columns of one.
INLINE VEC NAME(part_sum)(const float *g, int64_t part, int64_t stride, int64_t lanes) {
  VEC s = NAME(load_part)(g, part, 0);
  for (int64_t l = 1; l < lanes; l++) s += NAME(load_part)(g + l * stride, part, 0);
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

/// out[r,j] = body for every vector of every row, the last one perhaps a part; body is an expression
/// of x and u, the vectors of the two inputs there, and of old, what out holds.
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

/// Calls `body(vectors, …)` with the number of vectors as a constant, so that it unrolls.
#if COLS == 4
#define ON_VECTORS(vectors, body, ...)                                                            \
  switch (vectors) {                                                                              \
    case 1: body(1, __VA_ARGS__); break;                                                          \
    case 2: body(2, __VA_ARGS__); break;                                                          \
    case 3: body(3, __VA_ARGS__); break;                                                          \
    default: body(4, __VA_ARGS__);                                                                \
  }
#else
#define ON_VECTORS(vectors, body, ...)                                                            \
  if ((vectors) == 1) {                                                                           \
    body(1, __VA_ARGS__);                                                                         \
  } else {                                                                                        \
    body(2, __VA_ARGS__);                                                                         \
  }
#endif
