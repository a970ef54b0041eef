/// Passes that move rows rather than compute: gather, grouping, the rarer losses, sums of squares.
/// They are bound by memory or by libm, so one version serves every CPU level.
#include "CKernels.h"
#include <math.h>
#include <string.h>

static inline int64_t row_at(const int32_t *index, int64_t r) { return index ? index[r] : r; }

#define GATHER(N)                                                                             \
  for (int64_t r = 0; r < rows; r++)                                                           \
    memcpy(x + r * ldx, table + (int64_t)ids[row_at(index, r) * stride] * N, N * sizeof(float));

void ck_gather(int64_t rows, int64_t width, const float *table, const int32_t *ids, int64_t stride,
               const int32_t *index, float *x, int64_t ldx) {
  const int64_t ahead = 16;
  switch (width) {
    case 4: GATHER(4) return;
    case 8: GATHER(8) return;
    case 16:
      for (int64_t r = 0; r < rows; r++) {
        if (r + ahead < rows)
          __builtin_prefetch(table + (int64_t)ids[row_at(index, r + ahead) * stride] * 16);
        memcpy(x + r * ldx, table + (int64_t)ids[row_at(index, r) * stride] * 16, 64);
      }
      return;
    default:
      for (int64_t r = 0; r < rows; r++)
        memcpy(x + r * ldx, table + (int64_t)ids[row_at(index, r) * stride] * width,
               width * sizeof(float));
  }
}

void ck_gather_slots(int64_t rows, int64_t width, const float *table, const int32_t *slots,
                     const int32_t *ids, int64_t stride, const int32_t *index, float *x,
                     int64_t ldx) {
  const int64_t near = 16, far = 32;
  for (int64_t r = 0; r < rows; r++) {
    if (r + far < rows) __builtin_prefetch(slots + ids[row_at(index, r + far) * stride]);
    if (r + near < rows) {
      const int64_t slot = slots[ids[row_at(index, r + near) * stride]];
      __builtin_prefetch(table + (slot - 1) * width);
    }
    const int64_t slot = slots[ids[row_at(index, r) * stride]];
    memcpy(x + r * ldx, table + (slot - 1) * width, width * sizeof(float));
  }
}

/// Lists of ids, which stand for rows of the table as they are, or by slots.
static inline void gather_lists(int64_t rows, int64_t width, const float *table,
                                const int32_t *slots, const int32_t *lists, int64_t stride,
                                const int32_t *index, const int32_t *starts, const int32_t *ids,
                                bool mean, float *x, int64_t ldx) {
  for (int64_t r = 0; r < rows; r++) {
    const int32_t list = lists[row_at(index, r) * stride];
    const int32_t first = starts[list], count = starts[list + 1] - first;
    float *to = x + r * ldx;
    memset(to, 0, width * sizeof(float));
    for (int32_t e = 0; e < count; e++) {
      const int64_t id = ids[first + e];
      const float *from = table + (slots ? (int64_t)slots[id] - 1 : id) * width;
      for (int64_t k = 0; k < width; k++) to[k] += from[k];
    }
    if (!mean || count < 2) continue;
    const float share = 1 / (float)count;
    for (int64_t k = 0; k < width; k++) to[k] *= share;
  }
}

void ck_gather_lists(int64_t rows, int64_t width, const float *table, const int32_t *lists,
                     int64_t stride, const int32_t *index, const int32_t *starts,
                     const int32_t *ids, bool mean, float *x, int64_t ldx) {
  gather_lists(rows, width, table, NULL, lists, stride, index, starts, ids, mean, x, ldx);
}

void ck_gather_slot_lists(int64_t rows, int64_t width, const float *table, const int32_t *slots,
                          const int32_t *lists, int64_t stride, const int32_t *index,
                          const int32_t *starts, const int32_t *ids, bool mean, float *x,
                          int64_t ldx) {
  gather_lists(rows, width, table, slots, lists, stride, index, starts, ids, mean, x, ldx);
}

void ck_scale_lists(int64_t rows, int64_t width, const int32_t *lists, int64_t stride,
                    const int32_t *index, const int32_t *starts, float *x, int64_t ldx) {
  for (int64_t r = 0; r < rows; r++) {
    const int32_t list = lists[row_at(index, r) * stride];
    const int32_t count = starts[list + 1] - starts[list];
    if (count < 2) continue;
    const float share = 1 / (float)count;
    for (int64_t k = 0; k < width; k++) x[r * ldx + k] *= share;
  }
}

int64_t ck_add_entries(int64_t rows, const int32_t *ids, int64_t stride, const int32_t *index,
                       const int32_t *starts, const int32_t *list_ids, int64_t first,
                       int64_t step, int64_t entries, int32_t *entry_ids, int32_t *entry_rows) {
  for (int64_t r = 0; r < rows; r++) {
    const int32_t id = ids[row_at(index, r) * stride], row = (int32_t)(first + r * step);
    if (!starts) {
      entry_ids[entries] = id;
      entry_rows[entries++] = row;
      continue;
    }
    for (int32_t e = starts[id]; e < starts[id + 1]; e++) {
      entry_ids[entries] = list_ids[e];
      entry_rows[entries++] = row;
    }
  }
  return entries;
}

void ck_group_entries(int64_t entries, const int32_t *entry_ids, const int32_t *entry_rows,
                      int64_t vocabulary, ck_groups *groups, int32_t *scratch) {
  ck_group(entries, entry_ids, 1, NULL, vocabulary, groups, scratch);
  for (int64_t e = 0; e < entries; e++) groups->rows[e] = entry_rows[groups->rows[e]];
}

void ck_gather_dense(int64_t rows, int64_t n, const float *dense, const int32_t *index, float *x,
                     int64_t ldx) {
  for (int64_t r = 0; r < rows; r++)
    memcpy(x + r * ldx, dense + row_at(index, r) * n, n * sizeof(float));
}

void ck_squared_error(int64_t rows, const float *z, int64_t ldz, const float *labels,
                      const float *spaces, int64_t stride, const int32_t *index, float scale,
                      float *dz, int64_t lddz, ck_loss_sums *sums) {
  for (int64_t r = 0; r < rows; r++) {
    const int64_t at = row_at(index, r) * stride;
    const float inside = spaces ? spaces[at] : 1;
    if (inside == 0) {
      if (dz) dz[r * lddz] = 0;
      continue;
    }
    const float y = labels[at], error = z[r * ldz] - y;
    sums->loss += (double)error * error * inside;
    sums->predictions += z[r * ldz];
    sums->labels += y;
    sums->rows += 1;
    if (dz) dz[r * lddz] = 2 * scale * error * inside;
  }
}

/// −log(1 − σ(a)σ(b)): by log1p where the product is small, else factored so that neither 1 − σσ
/// nor an exponential is lost. ea, eb = e^−|·|, apart = e^−|a−b|.
static inline float minus_log_rest(float a, float b, float both, float ea, float eb, float apart) {
  if (!(both > 0.5f)) return -log1pf(-both);
  // Here a, b > 0: 1 − σσ = (e^−a + e^−b + e^−a−b) σ(a)σ(b), the smaller logit's e^−· taken out.
  return fminf(a, b) - log1pf(apart + fminf(ea, eb)) + log1pf(ea) + log1pf(eb);
}

void ck_product_loss(int64_t rows, const float *a, int64_t lda, const float *b, int64_t ldb,
                     const float *labels, const float *spaces, int64_t tasks, int64_t first,
                     int64_t second, const int32_t *index, float scale, float *dz, int64_t lddz,
                     ck_loss_sums *sums) {
  for (int64_t r = 0; r < rows; r++) {
    const int64_t at = row_at(index, r) * tasks;
    const float y = labels[at + first];
    if (spaces && (spaces[at + first] == 0 || (y != 0 && spaces[at + second] == 0))) {
      dz[r * lddz] = dz[r * lddz + 1] = 0;
      continue;
    }
    const float weight = spaces ? spaces[at + first] : 1, scaled = scale * weight;
    const float target = y == 0 ? 0 : y * labels[at + second];
    const float za = a[r * lda], zb = b[r * ldb];
    const float ea = expf(-fabsf(za)), eb = expf(-fabsf(zb));
    const float p = za >= 0 ? 1 / (1 + ea) : ea / (1 + ea);
    const float q = zb >= 0 ? 1 / (1 + eb) : eb / (1 + eb);
    if (target == 1) {
      sums->loss +=
          ((double)(fmaxf(-za, 0) + log1pf(ea)) + (fmaxf(-zb, 0) + log1pf(eb))) * weight;
      dz[r * lddz] = scaled * (za >= 0 ? -ea / (1 + ea) : -1 / (1 + ea));
      dz[r * lddz + 1] = scaled * (zb >= 0 ? -eb / (1 + eb) : -1 / (1 + eb));
    } else {
      const float apart = expf(-fabsf(za - zb));
      // e^(b−a) and e^(a−b); an overflow to infinity is a derivative of 0.
      const float up = zb >= za ? 1 / apart : apart, down = zb >= za ? apart : 1 / apart;
      // A label that is not a number reaches the sum.
      sums->loss += (minus_log_rest(za, zb, p * q, ea, eb, apart) + 0 * target) * weight;
      dz[r * lddz] = scaled * p / (1 + (zb >= 0 ? eb : 1 / eb) + down);
      dz[r * lddz + 1] = scaled * q / (1 + (za >= 0 ? ea : 1 / ea) + up);
    }
    sums->predictions += p * q;
    sums->labels += target;
    sums->rows += 1;
  }
}

/// Small vocabularies: one counting sort over the ids.
static void group_by_counting(int64_t rows, const int32_t *ids, int64_t stride,
                              const int32_t *index, int64_t vocabulary, ck_groups *groups,
                              int32_t *counts) {
  memset(counts, 0, (vocabulary + 1) * sizeof(int32_t));
  for (int64_t r = 0; r < rows; r++) counts[ids[row_at(index, r) * stride]]++;
  int64_t distinct = 0;
  int32_t start = 0;
  for (int64_t id = 0; id < vocabulary; id++) {
    const int32_t n = counts[id];
    counts[id] = start;
    if (!n) continue;
    groups->ids[distinct] = (int32_t)id;
    groups->starts[distinct++] = start;
    start += n;
  }
  groups->starts[distinct] = start;
  groups->count = distinct;
  for (int64_t r = 0; r < rows; r++)
    groups->rows[counts[ids[row_at(index, r) * stride]]++] = (int32_t)r;
}

/// Large vocabularies: a stable radix sort of (id, row) by 11 bits a pass.
static void group_by_radix(int64_t rows, const int32_t *ids, int64_t stride, const int32_t *index,
                           int64_t vocabulary, ck_groups *groups, int32_t *scratch) {
  int32_t *counts = scratch, *other = scratch + 2050;
  int32_t *from = groups->rows, *to = other;
  for (int64_t r = 0; r < rows; r++) from[r] = (int32_t)r;
  for (int shift = 0; shift < 32 && (vocabulary - 1) >> shift; shift += 11) {
    memset(counts, 0, 2049 * sizeof(int32_t));
    for (int64_t r = 0; r < rows; r++)
      counts[((ids[row_at(index, r) * stride] >> shift) & 2047) + 1]++;
    for (int b = 0; b < 2047; b++) counts[b + 1] += counts[b];
    for (int64_t r = 0; r < rows; r++) {
      const int32_t row = from[r];
      to[counts[(ids[row_at(index, row) * stride] >> shift) & 2047]++] = row;
    }
    int32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != groups->rows) memcpy(groups->rows, from, rows * sizeof(int32_t));
  int64_t distinct = 0;
  int32_t last = -1;
  for (int64_t r = 0; r < rows; r++) {
    const int32_t id = ids[row_at(index, groups->rows[r]) * stride];
    if (id == last) continue;
    groups->ids[distinct] = last = id;
    groups->starts[distinct++] = (int32_t)r;
  }
  groups->starts[distinct] = (int32_t)rows;
  groups->count = distinct;
}

void ck_group(int64_t rows, const int32_t *ids, int64_t stride, const int32_t *index,
              int64_t vocabulary, ck_groups *groups, int32_t *scratch) {
  if (vocabulary <= 8 * rows && vocabulary < 65536)
    group_by_counting(rows, ids, stride, index, vocabulary, groups, scratch);
  else
    group_by_radix(rows, ids, stride, index, vocabulary, groups, scratch);
}

double ck_sum_of_squares(int64_t n, const float *x) {
  double s[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int j = 0; j < 8; j++) s[j] += (double)x[i + j] * x[i + j];
  for (; i < n; i++) s[0] += (double)x[i] * x[i];
  return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}
