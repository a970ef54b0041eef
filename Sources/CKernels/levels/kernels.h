/// All kernels of one CPU level, as a table. The including file defines LEVEL (a suffix), LANES,
/// COLS and TILE, and switches the compiler to the level's instructions.
#include "CKernels.h"
#include "CKernelsTable.h"

#define JOIN_(a, b) ck_##a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(x) JOIN(x, LEVEL)

#include "product.h"
#include "elementwise.h"
#include "update.h"

const ck_table NAME(table) = {
    .panel = PANEL,
    .pack = NAME(pack),
    .pack_transposed = NAME(pack_transposed),
    .product = NAME(product),
    .product_transposed = NAME(product_transposed),
    .mask_and_sum = NAME(mask_and_sum),
    .softmax = NAME(softmax),
    .softmax_backward = NAME(softmax_backward),
    .mixture = NAME(mixture),
    .mixture_backward = NAME(mixture_backward),
    .relu = NAME(relu),
    .relu_backward = NAME(relu_backward),
    .sigmoid = NAME(sigmoid),
    .sigmoid_backward = NAME(sigmoid_backward),
    .sum_groups = NAME(sum_groups),
    .adam_step = NAME(adam_step),
    .sgd_step = NAME(sgd_step),
    .adam_rows = NAME(adam_rows),
    .sgd_rows = NAME(sgd_rows),
    .sum_lane_rows = NAME(sum_lane_rows),
    .multiply_add_peak = NAME(multiply_add_peak),
};
