/// All kernels of one CPU level, as a table. The including file defines LEVEL (a suffix), LANES,
/// COLS and TILE, and switches the compiler to the level's instructions.
#include "CKernels.h"
#include "CKernelsTable.h"

#define JOIN_(a, b) ck_##a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(x) JOIN(x, LEVEL)

#include "vector.h"

// Declared first, so that a body whose parameters differ from the public ones does not compile.
#define CK_BODIES
#define KERNEL(name, parameters, arguments) static void NAME(name) parameters;
#include "../kernels/all.h"
#undef CK_BODIES

#include "peak.h"

const ck_table NAME(table) = {
    .lanes = LANES,
    .panel = PANEL,
    .strip = STRIP,
#define KERNEL(name, parameters, arguments) .name = NAME(name),
#include "../kernels/all.h"
    .multiply_add_peak = NAME(multiply_add_peak),
};
