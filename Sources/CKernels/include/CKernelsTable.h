/// The functions that every CPU level provides.
#ifndef CKERNELS_TABLE_H
#define CKERNELS_TABLE_H
#include "CKernels.h"

/// A level's kernels, each as the function of its name in CKernels.h.
typedef struct {
  int64_t lanes, panel, strip;
#define KERNEL(name, parameters, arguments) __typeof__(ck_##name) *name;
#include "../kernels/all.h"
  double (*multiply_add_peak)(int64_t rounds);
} ck_table;

/// The kernels of a level; NULL if the machine lacks it. Unlike `ck_use` it changes nothing for
/// others, so levels can be compared while a plan runs.
const ck_table *ck_table_of(int level);

#endif
