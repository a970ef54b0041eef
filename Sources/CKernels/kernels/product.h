/// The matrix product C[m,n] (+)= A[m,k]·B[k,n] and the packing of its B; the register tile and the
/// bodies stand in levels/product.h.

/// Packs panels first..<last of B[k,n], row-major with stride ld: out[panel][k][panel columns],
/// zero padded. With a mask of the same layout, packs mask ∘ B; NULL for none.
KERNEL(pack,
       (int64_t k, int64_t n, const float *b, const float *mask, int64_t ld, int64_t first,
        int64_t last, float *out),
       (k, n, b, mask, ld, first, last, out))

/// The same of the transpose of b[n,k].
KERNEL(pack_transposed,
       (int64_t k, int64_t n, const float *b, const float *mask, int64_t ld, int64_t first,
        int64_t last, float *out),
       (k, n, b, mask, ld, first, last, out))

/// C[m,n] = A[m,k]·B, A row-major with stride lda, B packed.
KERNEL(product,
       (int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *packed,
        float *c, int64_t ldc, const float *bias, int flags),
       (m, n, k, a, lda, packed, c, ldc, bias, flags))

/// C[m,n] = Aᵀ·B for A[k,m] row-major with stride lda, B packed: the weight gradient. With
/// CK_MASK, C (+)= mask ∘ (Aᵀ·B), the mask laid out as C.
KERNEL(product_transposed,
       (int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *packed,
        float *c, int64_t ldc, const float *mask, int flags),
       (m, n, k, a, lda, packed, c, ldc, mask, flags))

/// Copies x[rows,n] as the rows from `first` on of a matrix A[total,n] in strips of `strip` columns, each
/// of them front to back: what `product_strips` reads; it takes strips_count(total, n) floats.
KERNEL(pack_strips, (int64_t rows, int64_t n, const float *x, int64_t ldx, int64_t first,
                     int64_t total, float *strips),
       (rows, n, x, ldx, first, total, strips))

/// C[m,n] = Aᵀ·B as `product_transposed` has it, bit for bit, for A[k,m] in strips: they are worth
/// their packing where A is long, or read by many panels of B.
KERNEL(product_strips,
       (int64_t m, int64_t n, int64_t k, const float *strips, const float *packed, float *c,
        int64_t ldc, const float *mask, int flags),
       (m, n, k, strips, packed, c, ldc, mask, flags))

#ifdef CK_BODIES
#include "../levels/product.h"
#endif
