#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A moment of the monotonic clock.
struct Instant {
  private var time = timespec()

  /// Now.
  init() { clock_gettime(CLOCK_MONOTONIC, &time) }

  /// Whole milliseconds from this moment to now.
  var millisecondsAgo: Int {
    let now = Instant().time
    return (Int(now.tv_sec) - Int(time.tv_sec)) * 1000
      + (Int(now.tv_nsec) - Int(time.tv_nsec)) / 1_000_000
  }
}
