/// Chooses the CPU level and sends every call through its table.
#include "CKernels.h"
#include "CKernelsTable.h"

extern const ck_table ck_table_baseline;
#if defined(__x86_64__)
extern const ck_table ck_table_avx2, ck_table_avx512;
#endif

static const ck_table *const tables[CK_LEVELS] = {
    &ck_table_baseline,
#if defined(__x86_64__)
    &ck_table_avx2,
    &ck_table_avx512,
#endif
};

static const ck_table *ck = &ck_table_baseline;
static int level_in_use = CK_BASELINE;

int ck_has(int level) {
  switch (level) {
    case CK_BASELINE: return 1;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#endif
    default: return 0;
  }
}

const ck_table *ck_table_of(int level) {
  return level >= 0 && level < CK_LEVELS && ck_has(level) ? tables[level] : 0;
}

int ck_use(int level) {
  const ck_table *const table = ck_table_of(level);
  if (!table) return 0;
  ck = table;
  level_in_use = level;
  return 1;
}

__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  for (int level = CK_LEVELS - 1; level >= 0; level--)
    if (ck_use(level)) return;
}

int ck_level(void) { return level_in_use; }

const char *ck_level_name(int level) {
  static const char *const names[CK_LEVELS] = {"baseline", "avx2", "avx512"};
  return level >= 0 && level < CK_LEVELS ? names[level] : "unknown";
}

int64_t ck_panel(void) { return ck->panel; }
int64_t ck_packed_count(int64_t k, int64_t n) {
  return (n + ck->panel - 1) / ck->panel * ck->panel * k;
}
int64_t ck_packed_width(int64_t n) { return (n + ck->lanes - 1) / ck->lanes * ck->lanes; }
int64_t ck_strip(void) { return ck->strip; }
int64_t ck_strips_count(int64_t k, int64_t m) {
  return (m + ck->strip - 1) / ck->strip * ((k * ck->strip + 15) / 16 | 1) * 16;
}

#define KERNEL(name, parameters, arguments) \
  void ck_##name parameters { ck->name arguments; }
#include "kernels/all.h"

double ck_multiply_add_peak(double seconds) {
  const double start = 1e-9 * ck_nanoseconds();
  double best = 0;
  do {
    const double before = 1e-9 * ck_nanoseconds();
    const double done = ck->multiply_add_peak(200000);
    const double rate = done / (1e-9 * ck_nanoseconds() - before);
    if (rate > best) best = rate;
  } while (1e-9 * ck_nanoseconds() - start < seconds);
  return best;
}
