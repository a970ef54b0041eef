/// Numbers of a column in fewer bytes, and back.

/// Writes to[i] = v[i]·power, rounded, and INT32_MIN where v[i] is no number. found->is_exact says
/// whether every number comes back, bit by bit, as to[i] / power; where one does not, no more than
/// its neighbours are looked at, and `to` is of no use. found->least and found->greatest: of all
/// to[i] that are numbers, and of 0 where some are none. power: 1 at least.
KERNEL(narrow, (const double *v, int64_t count, double power, int32_t *to, ck_narrowed *found),
       (v, count, power, to, found))

/// What `narrow` was given, from numbers of 1, 2 or 4 bytes of which the least is that of no number:
/// to[i] = from[i] / power.
KERNEL(widen, (const void *from, int64_t bytes, int64_t count, double power, double *to),
       (from, bytes, count, power, to))

#ifdef CK_BODIES
static void NAME(narrow)(const double *restrict v, int64_t count, double power,
                         int32_t *restrict to, ck_narrowed *found) {
  int32_t least = INT32_MAX, greatest = -INT32_MAX;
  found->is_exact = true;
  for (int64_t first = 0; first < count; first += 512) {
    const int64_t end = count - first < 512 ? count : first + 512;
    uint64_t wrong = 0;
    for (int64_t i = first; i < end; i++) {
      const double x = v[i], scaled = x * power;
      // What is too large, and what is no number, would be undefined as a whole one.
      const double inside = scaled >= -2147483647.0 && scaled <= 2147483647.0 ? scaled : 0;
      const int32_t n = (int32_t)(inside + (inside < 0 ? -0.5 : 0.5));
      const double back = (double)n / power;
      uint64_t is, was;
      __builtin_memcpy(&is, &back, 8);
      __builtin_memcpy(&was, &x, 8);
      wrong |= x == x ? is ^ was : 0;
      least = n < least ? n : least;
      greatest = n > greatest ? n : greatest;
      to[i] = x == x ? n : INT32_MIN;
    }
    if (wrong) {
      found->is_exact = false;
      return;
    }
  }
  found->least = least;
  found->greatest = greatest;
}

#define WIDEN(type, least)                                              \
  for (int64_t i = 0; i < count; i++) {                                 \
    const type n = ((const type *)from)[i];                             \
    to[i] = n == least ? __builtin_nan("") : (double)n / power;         \
  }

static void NAME(widen)(const void *restrict from, int64_t bytes, int64_t count, double power,
                        double *restrict to) {
  switch (bytes) {
    case 1: WIDEN(int8_t, INT8_MIN) break;
    case 2: WIDEN(int16_t, INT16_MIN) break;
    default: WIDEN(int32_t, INT32_MIN)
  }
}
#undef WIDEN
#endif
