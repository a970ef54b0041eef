/// The level of any machine: four lanes (SSE2, NEON).
#define LEVEL baseline
#define LANES 4
#define COLS 2
#define TILE 4
#include "levels/level.h"
