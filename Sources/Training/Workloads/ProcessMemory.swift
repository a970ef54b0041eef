#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says of this process.
enum ProcessMemory {
  /// The peak resident set in megabytes (2²⁰ bytes).
  static var peakMegabytes: Double {
    var usage = rusage()
    getrusage(own, &usage)
    #if canImport(Darwin)
      return Double(usage.ru_maxrss) / 1_048_576
    #else
      return Double(usage.ru_maxrss) / 1024
    #endif
  }

  #if canImport(Darwin)
    private static let own = RUSAGE_SELF
  #else
    private static let own = __rusage_who_t(RUSAGE_SELF.rawValue)
  #endif
}
