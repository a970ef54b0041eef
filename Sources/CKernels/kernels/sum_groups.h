/// The gradient of a lookup: rows of one id added up.

/// out[u, :] = Σ over the group's rows of dx[row, :], in row order.
KERNEL(sum_groups, (const ck_groups *groups, int64_t width, const float *dx, int64_t lddx,
                    float *out, int64_t ldo),
       (groups, width, dx, lddx, out, ldo))

#ifdef CK_BODIES
static void NAME(sum_groups)(const ck_groups *groups, int64_t width, const float *dx,
                             int64_t lddx, float *out, int64_t ldo) {
  for (int64_t u = 0; u < groups->count; u++)
    for (int64_t j = 0; j < width; j += LANES) {
      const int64_t part = width - j < LANES ? width - j : LANES;
      NAME(store_part)(out + u * ldo + j, part, NAME(group_sum)(groups, u, part, dx, lddx, j));
    }
}
#endif
