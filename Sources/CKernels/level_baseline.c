/// The level of any machine: four lanes (SSE2, NEON).
#define LEVEL baseline
#define LANES 4
#define COLS 2
#define ROWS_1 8
#define ROWS_2 4
#include "levels/level.h"
