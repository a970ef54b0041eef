/// Where the marks of a table stand: delimiters, line breaks, quotes.

/// The places of every byte that is one of three marks (two of them may be the same), counted from
/// `bytes` and in rising order, from byte found->next on. Stops where fewer than 64 places are left
/// of `capacity`, or at the end; found->count says how many there are, found->next the first byte
/// that was not looked at. Up to 64 places behind the last one are overwritten, never more than
/// `capacity`. capacity: at least 64; count: below 2³².
KERNEL(find_marks, (const uint8_t *bytes, int64_t count, const uint8_t marks[3], uint32_t *places,
                    int64_t capacity, ck_marks *found),
       (bytes, count, marks, places, capacity, found))

#ifdef CK_BODIES
#if LANES == 16
/// Bit i says whether byte i of 64 is a mark.
static inline uint64_t NAME(mark_bits)(const uint8_t *p, const uint8_t marks[3]) {
  const __m512i x = _mm512_loadu_si512(p);
  return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8((char)marks[0])) |
         _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8((char)marks[1])) |
         _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8((char)marks[2]));
}
#elif LANES == 8
static inline uint64_t NAME(mark_bits)(const uint8_t *p, const uint8_t marks[3]) {
  uint64_t bits = 0;
  for (int at = 0; at < 64; at += 32) {
    const __m256i x = _mm256_loadu_si256((const __m256i *)(p + at));
    const __m256i is = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8((char)marks[0])),
                        _mm256_cmpeq_epi8(x, _mm256_set1_epi8((char)marks[1]))),
        _mm256_cmpeq_epi8(x, _mm256_set1_epi8((char)marks[2])));
    bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(is) << at;
  }
  return bits;
}
#else
/// Eight bytes at a time: a byte is 0 in word ^ mark where it is the mark, and only there does the
/// sum of its lower seven bits with 0x7F, or the byte itself, leave the upper bit clear.
static inline uint64_t NAME(mark_bits)(const uint8_t *p, const uint8_t marks[3]) {
  const uint64_t ones = 0x0101010101010101, low = 0x7F7F7F7F7F7F7F7F;
  uint64_t bits = 0;
  for (int at = 0; at < 64; at += 8) {
    uint64_t word, not_found = ~low;
    __builtin_memcpy(&word, p + at, 8);
    for (int m = 0; m < 3; m++) {
      const uint64_t x = word ^ (ones * marks[m]);
      not_found &= ((x & low) + low) | x;
    }
    // One bit a byte; the product brings them together in the uppermost byte.
    const uint64_t is = (~not_found & ~low) >> 7;
    bits |= (is * 0x0102040810204080 >> 56) << at;
  }
  return bits;
}
#endif

/// Writes the places of the bits; eight at a time, whether there are so many or not, as that needs
/// no branch that is hard to foresee.
static inline uint32_t *NAME(put_places)(uint64_t bits, uint32_t first, uint32_t *places) {
  const int count = __builtin_popcountll(bits);
  for (int done = 0; done < count; done += 8)
    for (int i = 0; i < 8; i++) {
      places[done + i] = first + (uint32_t)__builtin_ctzll(bits | (1ull << 63));
      bits &= bits - 1;
    }
  return places + count;
}

static void NAME(find_marks)(const uint8_t *bytes, int64_t count, const uint8_t marks[3],
                             uint32_t *places, int64_t capacity, ck_marks *found) {
  uint32_t *to = places;
  int64_t at = found->next;
  for (; at + 64 <= count && to + 64 <= places + capacity; at += 64)
    to = NAME(put_places)(NAME(mark_bits)(bytes + at, marks), (uint32_t)at, to);
  if (at < count && at + 64 > count && to + 64 <= places + capacity) {
    uint8_t rest[64] = {0};
    __builtin_memcpy(rest, bytes + at, (size_t)(count - at));
    const uint64_t inside = (1ull << (count - at)) - 1;
    to = NAME(put_places)(NAME(mark_bits)(rest, marks) & inside, (uint32_t)at, to);
    at = count;
  }
  found->count = to - places;
  found->next = at;
}
#endif
