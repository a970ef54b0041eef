internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A thread of the engine's own, which ends with its work.
public enum EngineThread {
  private static let stackBytes = 8 << 20

  /// Lets the calling thread run on all cores of the process: one that a system's queue starts keeps to
  /// the core of the thread for which it was started, and that may be pinned.
  public static func runAnywhere() { ck_run_anywhere() }

  /// Starts a thread.
  ///
  /// - Throws: ``ThreadRefusal`` if the system starts none; the work is then not done.
  public static func start(
    named name: String, _ work: @escaping @Sendable () -> Void
  ) throws(ThreadRefusal) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { throw ThreadRefusal(name, ENOMEM) }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let given = Unmanaged.passRetained(Work(name: name, body: work))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let code = pthread_create(&thread, &attributes, run, given.toOpaque())
    guard code == 0 else {
      given.release()
      throw ThreadRefusal(name, code)
    }
  }
}

/// The system starts no further thread.
public struct ThreadRefusal: Error, Sendable, CustomStringConvertible {
  /// What the thread was for.
  let name: String
  /// The system's reason in its words.
  let reason: String

  init(_ name: String, _ code: Int32) {
    self.name = name
    reason = String(cString: strerror(code))
  }

  /// What is wrong, what was found, and what to do.
  public var description: String {
    """
    the system starts no thread for \(name).
      found: \(reason)
      fix:   raise the limits of processes (ulimit -u) and memory (ulimit -v), or end other programs
    """
  }
}

private final class Work {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func work(at argument: UnsafeMutableRawPointer) {
  let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
  ck_name_thread(work.name)
  // Who started it may be pinned.
  ck_run_anywhere()
  work.body()
}

#if canImport(Darwin)
  private func run(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    work(at: argument)
    return nil
  }
#else
  private func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { work(at: argument) }
    return nil
  }
#endif
