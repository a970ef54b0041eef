// Bytes between ranks over MPI, behind functions that have no type of MPI in them.
//
// The two ABIs differ in handles, statuses and constants, so this file is compiled once with the headers
// of each (`make mpi`); the program loads the one that fits its launcher and neither links nor needs MPI
// otherwise. Everything is called by the one thread that called mtl_ranks_init.

#include <limits.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What calls return: done, under way, or an error whose words mtl_ranks_error has.
enum { DONE = 1, UNDER_WAY = 0, FAILED = -1 };

// What a message turned out to be. `tag` is as it was sent, cut to the bits that the library carries.
typedef struct {
  int64_t bytes;
  int32_t tag;
  int32_t is_longer;  // than the memory that was offered for it
} mtl_ranks_message;

static MPI_Request *requests;  // by number; MPI_REQUEST_NULL: free
static int32_t request_count;
static int tag_bits = 0x7fff;
static char words[MPI_MAX_ERROR_STRING + 1];

static int check(int code) {
  if (code == MPI_SUCCESS) return DONE;
  int length = 0;
  if (MPI_Error_string(code, words, &length) != MPI_SUCCESS) length = 0;
  words[length] = 0;
  return FAILED;
}

static int fail(const char *why) {
  snprintf(words, sizeof words, "%s", why);
  return FAILED;
}

const char *mtl_ranks_error(void) { return words; }

// Tags keep as many low bits as every library carries of them.
int32_t mtl_ranks_tag(int32_t tag) { return tag & tag_bits; }

int mtl_ranks_init(void) {
  int level = 0;
  if (check(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level)) != DONE) return FAILED;
  if (level < MPI_THREAD_FUNNELED) return fail("the library allows no other threads beside its own");
  void *bound = NULL;
  int is_there = 0;
  if (MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &bound, &is_there) == MPI_SUCCESS && is_there)
    while (tag_bits < INT_MAX / 2 && tag_bits * 2 + 1 <= *(int *)bound) tag_bits = tag_bits * 2 + 1;
  return check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
}

int32_t mtl_ranks_rank(void) {
  int rank = -1;
  return MPI_Comm_rank(MPI_COMM_WORLD, &rank) == MPI_SUCCESS ? rank : -1;
}

int32_t mtl_ranks_count(void) {
  int count = -1;
  return MPI_Comm_size(MPI_COMM_WORLD, &count) == MPI_SUCCESS ? count : -1;
}

// The number of a free request, or FAILED where memory ran out.
static int32_t free_request(void) {
  for (int32_t number = 0; number < request_count; number++)
    if (requests[number] == MPI_REQUEST_NULL) return number;
  int32_t more = request_count ? 2 * request_count : 64;
  MPI_Request *moved = realloc(requests, (size_t)more * sizeof *moved);
  if (!moved) return fail("no memory for another request");
  requests = moved;
  for (int32_t number = request_count; number < more; number++) requests[number] = MPI_REQUEST_NULL;
  int32_t first = request_count;
  request_count = more;
  return first;
}

static int32_t begin(void *bytes, int64_t count, int32_t other, int32_t tag, int is_send) {
  if (count > INT_MAX) return fail("a message has 2 GiB or more");
  int32_t number = free_request();
  if (number < 0) return FAILED;
  int code = is_send ? MPI_Isend(bytes, (int)count, MPI_BYTE, other, mtl_ranks_tag(tag), MPI_COMM_WORLD,
                                 &requests[number])
                     : MPI_Irecv(bytes, (int)count, MPI_BYTE, other, MPI_ANY_TAG, MPI_COMM_WORLD,
                                 &requests[number]);
  if (check(code) == DONE) return number;
  requests[number] = MPI_REQUEST_NULL;
  return FAILED;
}

// The number of a request that sends, or FAILED.
int32_t mtl_ranks_send(const void *bytes, int64_t count, int32_t to, int32_t tag) {
  return begin((void *)bytes, count, to, tag, 1);
}

// The number of a request that receives whatever `from` sent next, or FAILED: a message that is not the
// expected one is to be seen, not waited for.
int32_t mtl_ranks_receive(void *bytes, int64_t count, int32_t from) {
  return begin(bytes, count, from, 0, 0);
}

// DONE, UNDER_WAY or FAILED; a request that is done is forgotten. `message` is that of a receive.
int mtl_ranks_test(int32_t number, mtl_ranks_message *message) {
  int is_done = 0, bytes = 0;
  MPI_Status status;
  memset(&status, 0, sizeof status);
  int code = MPI_Test(&requests[number], &is_done, &status);
  int class = MPI_SUCCESS;
  if (code != MPI_SUCCESS) MPI_Error_class(code, &class);
  if (class == MPI_ERR_TRUNCATE) {
    *message = (mtl_ranks_message){.tag = status.MPI_TAG, .is_longer = 1};
    return DONE;
  }
  if (check(code) != DONE) return FAILED;
  if (!is_done) return UNDER_WAY;
  MPI_Get_count(&status, MPI_BYTE, &bytes);
  *message = (mtl_ranks_message){.bytes = bytes, .tag = status.MPI_TAG};
  return DONE;
}

// Ends all ranks at once.
void mtl_ranks_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

int mtl_ranks_finalize(void) { return check(MPI_Finalize()); }

// The library by name and version, as long as it fits.
void mtl_ranks_library(char *into, int64_t capacity) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING + 1] = {0};
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) length = 0;
  text[length] = 0;
  snprintf(into, (size_t)capacity, "%s", text);
}
