/// Every kernel, one file a line: the only list there is. The including file says by KERNEL(name,
/// parameters, arguments) what becomes of each; README.md tells how to add one.
#include "product.h"
#include "pack_gradient.h"
#include "relu.h"
#include "sigmoid.h"
#include "softmax.h"
#include "mixture.h"
#include "small_product.h"
#include "cross_entropy.h"
#include "ordered_pairs.h"
#include "stitch.h"
#include "add_scaled.h"
#include "sum_groups.h"
#include "adam.h"
#include "adagrad.h"
#include "sgd.h"
#include "sum_lanes.h"
#undef KERNEL
