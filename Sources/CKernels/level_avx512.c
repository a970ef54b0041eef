/// AVX-512: sixteen lanes, a tile of 6 × 64 in 24 of 32 registers.
#if defined(__x86_64__)
#include "CKernels.h"
#include <immintrin.h>
#pragma clang attribute push(                                                        \
    __attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"))),          \
    apply_to = function)
#define LEVEL avx512
#define LANES 16
#define COLS 4
#define ROWS_1 12
#define ROWS_2 12
#define ROWS_3 8
#define ROWS_4 6
#include "levels/level.h"
#pragma clang attribute pop
#endif
