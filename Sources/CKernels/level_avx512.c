/// AVX-512: sixteen lanes, a tile of 12 × 32 in 24 of 32 registers.
#if defined(__x86_64__)
#include "CKernels.h"
#pragma clang attribute push(                                                        \
    __attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"))),          \
    apply_to = function)
#define LEVEL avx512
#define LANES 16
#define COLS 2
#define TILE 12
#include "levels/level.h"
#pragma clang attribute pop
#endif
