/// The functions that every CPU level provides.
#ifndef CKERNELS_TABLE_H
#define CKERNELS_TABLE_H
#include "CKernels.h"

/// A level's kernels, each as the function of its name in CKernels.h.
typedef struct {
  int64_t panel;
  __typeof__(ck_pack) *pack;
  __typeof__(ck_pack_transposed) *pack_transposed;
  __typeof__(ck_product) *product;
  __typeof__(ck_product_transposed) *product_transposed;
  __typeof__(ck_mask_and_sum) *mask_and_sum;
  __typeof__(ck_softmax) *softmax;
  __typeof__(ck_softmax_backward) *softmax_backward;
  __typeof__(ck_mixture) *mixture;
  __typeof__(ck_mixture_backward) *mixture_backward;
  __typeof__(ck_relu) *relu;
  __typeof__(ck_relu_backward) *relu_backward;
  __typeof__(ck_sigmoid) *sigmoid;
  __typeof__(ck_sigmoid_backward) *sigmoid_backward;
  __typeof__(ck_sum_groups) *sum_groups;
  __typeof__(ck_adam_step) *adam_step;
  __typeof__(ck_sgd_step) *sgd_step;
  __typeof__(ck_adam_rows) *adam_rows;
  __typeof__(ck_sgd_rows) *sgd_rows;
  __typeof__(ck_sum_lanes) *sum_lane_rows;
  double (*multiply_add_peak)(int64_t rounds);
} ck_table;

/// The kernels of a level; NULL if the machine lacks it. Unlike `ck_use` it changes nothing for
/// others, so levels can be compared while a plan runs.
const ck_table *ck_table_of(int level);

#endif
