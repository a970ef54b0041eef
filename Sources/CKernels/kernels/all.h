/// Every kernel that each CPU level has: one line a file. Whoever includes this says what
/// KERNEL(name, parameters, arguments) is to become, and with CK_BODIES gets the bodies too.
#include "product.h"
#include "mask_and_sum.h"
#include "softmax.h"
#include "mixture.h"
#include "relu.h"
#include "sigmoid.h"
#include "sum_groups.h"
#include "adam.h"
#include "sgd.h"
#include "sum_lanes.h"
#include "stitch.h"
#include "add_scaled.h"
