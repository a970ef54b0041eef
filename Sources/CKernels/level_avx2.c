/// AVX2 and FMA: eight lanes, a tile of 6 × 16 in 12 of 16 registers.
#if defined(__x86_64__)
#include "CKernels.h"
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL avx2
#define LANES 8
#define COLS 2
#define ROWS_1 12
#define ROWS_2 6
#include "levels/level.h"
#pragma clang attribute pop
#endif
