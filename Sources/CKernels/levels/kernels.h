/// All kernels of one CPU level, as a table. The including file defines LEVEL (a suffix), LANES,
/// COLS and TILE, and switches the compiler to the level's instructions.
#include "CKernels.h"
#include "CKernelsTable.h"

#define JOIN_(a, b) ck_##a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(x) JOIN(x, LEVEL)
#define PANEL (COLS * LANES)

#include "vector.h"
#include "peak.h"

#define CK_BODIES
#define KERNEL(name, parameters, arguments)
#include "../kernels/all.h"
#undef KERNEL
#undef CK_BODIES

#define KERNEL(name, parameters, arguments) .name = NAME(name),
const ck_table NAME(table) = {
    .panel = PANEL,
    .multiply_add_peak = NAME(multiply_add_peak),
#include "../kernels/all.h"
};
#undef KERNEL
