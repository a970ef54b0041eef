/// The most multiply-adds that one CPU level reaches, in registers only.

static double NAME(multiply_add_peak)(int64_t rounds) {
  VEC sum[ROWS_2][2], b[2], x = SPLAT(1.0000001f);
  for (int i = 0; i < ROWS_2; i++)
    for (int j = 0; j < 2; j++) sum[i][j] = SPLAT(i + j);
  for (int j = 0; j < 2; j++) b[j] = SPLAT(1e-9f * (j + 1));
  for (int64_t r = 0; r < rounds; r++) {
    __asm__ volatile("" : "+x"(x));
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS_2; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < 2; j++) sum[i][j] += x * b[j];
  }
  float s = 0;
  for (int i = 0; i < ROWS_2; i++)
    for (int j = 0; j < 2; j++) s += NAME(total)(sum[i][j]);
  volatile float sink = s;
  (void)sink;
  return 2.0 * rounds * ROWS_2 * 2 * LANES;
}
